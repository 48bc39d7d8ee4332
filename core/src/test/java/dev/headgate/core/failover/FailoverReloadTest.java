package dev.headgate.core.failover;

import static dev.headgate.core.failover.FailoverFixture.backend;
import static dev.headgate.core.failover.FailoverFixture.sent;
import static dev.headgate.core.failover.FailoverFixture.succeed;
import static dev.headgate.core.failover.FailoverFixture.target;
import static dev.headgate.core.failover.FailoverFixture.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.time.Deadline;
import org.junit.jupiter.api.Test;

class FailoverReloadTest {
    private final FailoverFixture fixture = FailoverFixture.of(backend("a", 1), backend("b", 2));

    @Test
    void unchangedBackendKeepsItsState() {
        fixture.trip(throttled(44_000));
        fixture.router.drain("main", "b");

        fixture.router.changed(FailoverFixture.plan(FailoverSettings.DEFAULTS, backend("a", 5), backend("b", 2)));

        assertThat(fixture.status("a").cause()).isEqualTo(CoolingCause.THROTTLED);
        assertThat(fixture.status("b").state()).isEqualTo(BackendStatus.State.DRAINED);
    }

    @Test
    void backendOfAnotherAddressStartsAfresh() {
        fixture.trip(throttled(44_000));

        fixture.router.changed(
                FailoverFixture.plan(FailoverSettings.DEFAULTS, Backend.of("a", "https://elsewhere", 1)));

        assertThat(fixture.serve()).isEqualTo("a");
    }

    @Test
    void callInFlightKeepsWhatItBeganWith() {
        Attempt attempt = sent(fixture.open().begin());

        fixture.router.changed(FailoverFixture.plan(FailoverSettings.DEFAULTS, backend("c", 1)));
        Step next = attempt.rejected(throttled(1_000));

        assertThat(target(next)).isEqualTo("b");
        succeed(sent(next));
        assertThat(fixture.serve()).isEqualTo("c");
    }

    @Test
    void modelInUseIsNotForgottenForThoseThatCameAfterIt() {
        FailoverFixture fixture = FailoverFixture.of(backend("a"));
        for (int i = 0; i < RecentModels.MAX; i++) {
            fixture.pass(2);
            fixture.serve();
            FailoverRequest other = new FailoverRequest("m" + i, true, true, 0, 0, 0, Deadline.NEVER);
            FailoverFixture.succeed(FailoverFixture.sent(fixture.open(other).begin()));
        }
        fixture.trip(throttled(44_000));

        fixture.router.changed(FailoverFixture.plan(FailoverSettings.DEFAULTS, backend("a")));

        assertThat(fixture.serve()).isEqualTo("all_backends_throttled");
    }
}
