package dev.headgate.core.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.QuotaReport;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two routers that share what they learn, over a wire that delivers at once. */
class SharedNewsTest {
    private static final Backend A = FailoverFixture.backend("a", 1);
    private static final Backend B = FailoverFixture.backend("b", 2);

    private final FailoverFixture one = FailoverFixture.of(A, B);
    private final FailoverFixture other = FailoverFixture.of(A, B);
    private final Wire fromOne = new Wire();
    private final Wire fromOther = new Wire();

    SharedNewsTest() {
        fromOther.to = one.router.sharedBy(fromOne);
        fromOne.to = other.router.sharedBy(fromOther);
    }

    @Test
    void whatOneIsThrottledByTheOtherDoesNotCall() {
        one.trip(FailoverFixture.throttled(5_000));

        assertThat(other.serve()).isEqualTo("b");
        other.pass(5_000);
        assertThat(other.serve()).isEqualTo("a");
        assertThat(other.events).startsWith("cooling a THROTTLED 0 5000ms shared");
    }

    @Test
    void exhaustedAccountAndRefusedCredentialAreShared() {
        one.trip(FailoverFixture.cooling(CoolingCause.QUOTA, 429));
        one.trip(FailoverFixture.cooling(CoolingCause.AUTH, 401));

        assertThat(fromOne.told).containsExactly("a * QUOTA 300000ms", "b * AUTH 60000ms");
    }

    @Test
    void failureIsSharedFromTheSecondInARow() {
        one.trip(FailoverFixture.error(503, 1_000));
        assertThat(fromOne.told).isEmpty();
        assertThat(other.serve()).isEqualTo("a");

        one.pass(1_000);
        one.trip(FailoverFixture.error(503, 1_000));

        assertThat(fromOne.told).containsExactly("a m FAILED 1000ms");
        assertThat(other.serve()).isEqualTo("b");
    }

    @Test
    void attemptsThatFailTogetherAreOneFailure() {
        Attempt first =
                FailoverFixture.sent(one.open(FailoverFixture.stateful()).begin());
        Attempt second =
                FailoverFixture.sent(one.open(FailoverFixture.stateful()).begin());
        one.pass(10);
        returned(first, FailoverFixture.error(503));
        returned(second, FailoverFixture.error(503));

        assertThat(fromOne.told).isEmpty();
    }

    @Test
    void successBetweenFailuresKeepsThemToOneself() {
        one.trip(FailoverFixture.error(503, 1_000));
        one.pass(1_000);
        assertThat(one.serve()).isEqualTo("a");
        one.pass(20_000);
        one.trip(FailoverFixture.error(503, 1_000));

        assertThat(fromOne.told).isEmpty();
    }

    @Test
    void whatCannotBeReachedOrIsSlowIsSharedNever() {
        for (AttemptFailure failure : AttemptFailure.values()) {
            for (int i = 0; i < 4; i++) {
                FailoverCall call = one.open(FailoverFixture.stateful());
                if (call.begin() instanceof Step.Send send) {
                    send.attempt().failed(failure);
                }
                call.cancel();
                one.pass(60_000);
            }
        }

        assertThat(fromOne.told).isEmpty();
    }

    @Test
    void whatIsHeardIsNotToldAgain() {
        one.trip(FailoverFixture.throttled(5_000));

        assertThat(fromOther.told).isEmpty();
    }

    @Test
    void whatIsLeftOfAnUpstreamsLimitIsShared() {
        Attempt attempt = FailoverFixture.sent(one.open().begin());
        Map<String, String> headers = Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "6s");
        attempt.answered(200, name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of());
        attempt.firstToken();
        attempt.commits();
        attempt.completed(new Usage(1, 1));

        assertThat(other.serve()).isEqualTo("b");
        other.pass(6_000);
        assertThat(other.serve()).isEqualTo("a");
    }

    @Test
    void onlyWhoMayProbeTriesWhatIsHalfOpen() {
        one.trip(FailoverFixture.throttled(1_000));
        one.pass(1_000);
        fromOne.mayNot.add("a");
        assertThat(one.serve()).isEqualTo("b");

        fromOne.mayNot.clear();
        assertThat(one.serve()).isEqualTo("a");
        assertThat(fromOne.probes).containsExactly("probe a", "probed a");
    }

    @Test
    void loneBackendIsTriedByThoseWhoMayNotProbe() {
        FailoverFixture alone = FailoverFixture.of(A);
        Wire wire = new Wire();
        wire.to = alone.router.sharedBy(wire);
        wire.mayNot.add("a");
        alone.trip(FailoverFixture.throttled(1_000));
        alone.pass(1_000);

        assertThat(alone.serve()).isEqualTo("a");
        assertThat(wire.probes).isEmpty();
    }

    @Test
    void whatStillCoolsIsToldAgain() {
        one.trip(FailoverFixture.throttled(5_000));
        one.trip(FailoverFixture.cooling(CoolingCause.QUOTA, 429));
        one.pass(2_000);
        fromOne.told.clear();

        fromOther.to.tellAgain();

        assertThat(fromOne.told).containsExactlyInAnyOrder("a m THROTTLED 3000ms", "b * QUOTA 298000ms");
    }

    @Test
    void allPartsAreNamedAlsoThoseThatWereNotCalled() {
        FailoverFixture fixture = FailoverFixture.of(new Backend(
                A.id(),
                A.address(),
                1,
                1,
                Map.of("m", "deployed"),
                A.limits(),
                Backend.Credential.OWN,
                Backend.Prefill.NONE));
        List<BackendPart> parts = new ArrayList<>();

        fixture.router.sharedBy(new Wire()).eachPart(parts::add);

        assertThat(parts).containsExactly(BackendPart.whole("main", "a"), new BackendPart("main", "a", "deployed"));
    }

    @Test
    void strangersAreNotHeardOf() {
        fromOne.to.cooled(new BackendPart("main", "nobody", "m"), CoolingCause.THROTTLED, 1_000_000_000);
        fromOne.to.cooled(new BackendPart("nowhere", "a", "m"), CoolingCause.THROTTLED, 1_000_000_000);
        fromOne.to.left(new BackendPart("main", "nobody", "m"), new QuotaReport(0, 1_000, 0, 0, 0), 1);

        assertThat(other.serve()).isEqualTo("a");
    }

    private static void returned(Attempt attempt, Verdict verdict) {
        FailoverFixture.returnedBy(attempt.rejected(verdict)).completed(Usage.NONE);
    }

    /** Hands on what one router tells, and notes it. */
    private static final class Wire implements SharedPort {
        final List<String> told = new ArrayList<>();
        final List<String> probes = new ArrayList<>();
        final Set<String> mayNot = new HashSet<>();

        @SuppressWarnings("NullAway.Init") // set once both routers are there
        SharedNews to;

        private long stamp;

        @Override
        public void cooled(BackendPart part, CoolingCause cause, long waitNanos) {
            String model = part.upstreamModel() == null ? "*" : part.upstreamModel();
            told.add(part.backend() + " " + model + " " + cause + " " + waitNanos / FailoverFixture.MILLI + "ms");
            to.cooled(part, cause, waitNanos);
            to.cooled(part, cause, waitNanos);
        }

        @Override
        public boolean takesReports() {
            return true;
        }

        @Override
        public void left(BackendPart part, QuotaReport report) {
            to.left(part, report, ++stamp);
        }

        @Override
        public boolean mayProbe(BackendPart backend) {
            return !mayNot.contains(backend.backend());
        }

        @Override
        public void probeBegan(BackendPart backend) {
            probes.add("probe " + backend.backend());
        }

        @Override
        public void probeEnded(BackendPart backend) {
            probes.add("probed " + backend.backend());
        }
    }
}
