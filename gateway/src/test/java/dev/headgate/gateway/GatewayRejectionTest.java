package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterCode;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.core.signal.SignalSettings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Backends that say how many requests they have, and reject what they do not take (routing.md §3). */
@ExtendWith(CleanLogs.class)
class GatewayRejectionTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ANSWER = "{\"choices\":[]}";

    /** A backend that has room for a few requests at once, and says so. */
    private static final class Polite {
        private final int most;
        private final AtomicInteger ongoing = new AtomicInteger();
        private final AtomicInteger highest = new AtomicInteger();
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger rejected = new AtomicInteger();

        Polite(int most) {
            this.most = most;
        }

        ScriptedUpstream start() {
            return new ScriptedUpstream(this::serve);
        }

        private void serve(ScriptedUpstream.Request request, ScriptedUpstream.Line line)
                throws IOException, InterruptedException {
            if (request.target().equals("/headgate/ongoing")) {
                line.answer(200, "application/json", "{\"ongoing\":" + ongoing.get() + ",\"maxOngoing\":" + most + "}");
                return;
            }
            int now = ongoing.incrementAndGet();
            if (now > most) {
                int left = ongoing.decrementAndGet();
                rejected.incrementAndGet();
                line.answer(503, "application/json", "{}", "x-headgate-rejected: true", "x-headgate-ongoing: " + left);
                return;
            }
            highest.accumulateAndGet(now, Math::max);
            TestGateway.pauseFor(Duration.ofMillis(5)); // the time that a request takes
            served.incrementAndGet();
            int left = ongoing.decrementAndGet();
            line.answer(200, "application/json", ANSWER, "x-headgate-ongoing: " + left);
        }
    }

    private static FailoverSettings routed(String policy) {
        return AdminGateway.routed(policy, PoolSettings.DEFAULTS, SignalSettings.DEFAULTS);
    }

    @Test
    void allAreServedInTheEndAndARejectionIsNoFailure() {
        Polite small = new Polite(1);
        Polite large = new Polite(3);
        try (ScriptedUpstream a = small.start();
                ScriptedUpstream b = large.start();
                AdminGateway gateway = AdminGateway.start(
                        RelayPlan.over(a, b).asEquals().telling().settings(routed("random")))) {
            TestGateway.await(
                    "both were asked",
                    () -> gateway.asked("b1", "ongoing", "ok") > 0 && gateway.asked("b2", "ongoing", "ok") > 0);
            small.ongoing.incrementAndGet(); // another client takes its place: our view is wrong by one
            List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                asked.add(gateway.gateway().postAsync(CHAT, AdminGateway.body("hello")));
            }
            for (CompletableFuture<HttpResponse<String>> each : asked) {
                assertThat(each.join().statusCode()).isEqualTo(200);
            }
            assertThat(small.served.get() + large.served.get()).isEqualTo(40);
            assertThat(small.highest).hasValueLessThanOrEqualTo(1);
            assertThat(large.highest).hasValueLessThanOrEqualTo(3);
            assertThat(gateway.counted("headgate_attempts_total{pool=\"main\",backend=\"b1\",outcome=\"rejected\"}")
                            + gateway.counted(
                                    "headgate_attempts_total{pool=\"main\",backend=\"b2\",outcome=\"rejected\"}"))
                    .isEqualTo((long) small.rejected.get() + large.rejected.get());
            assertThat(gateway.counted("headgate_failovers_total")).isZero();
            assertThat(gateway.counted("headgate_cooldowns_total")).isZero();
            assertThat(gateway.counted("headgate_backend_in_flight")).isZero();
        }
    }

    @Test
    void rejectionOfABackendThatIsNotDeclaredIsAFailure() {
        try (ScriptedUpstream a =
                        ScriptedUpstream.json(503, "{}", "x-headgate-rejected: true", "x-headgate-ongoing: 9");
                ScriptedUpstream b = ScriptedUpstream.json(200, ANSWER);
                AdminGateway gateway = AdminGateway.start(RelayPlan.over(a, b).settings(routed("least-request")))) {
            assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            assertThat(gateway.counted("headgate_failovers_total")).isEqualTo(1);
            assertThat(gateway.asked("b1", "ongoing", "ok") + gateway.asked("b1", "ongoing", "status"))
                    .as("nor is it asked")
                    .isZero();
        }
    }

    @Test
    void backendThatCannotBeAskedIsTriedNonetheless() {
        try (ScriptedUpstream a = new ScriptedUpstream((request, line) -> {
                    if (request.target().equals("/headgate/ongoing")) {
                        line.answer(200, "application/json", "{\"ongoing\":\"many\"}");
                    } else {
                        line.answer(200, "application/json", ANSWER, "x-headgate-ongoing: 0");
                    }
                });
                ScriptedUpstream b = ScriptedUpstream.json(200, "{\"ongoing\":0}");
                AdminGateway gateway = AdminGateway.start(
                        RelayPlan.over(a, b).asEquals().telling().settings(routed("least-request")))) {
            assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            TestGateway.await("it was asked", () -> gateway.asked("b1", "ongoing", "malformed") > 0);
        }
    }

    @Test
    void statsArePulledForRoutersThatReadThem() {
        AtomicInteger pulls = new AtomicInteger();
        try (ScriptedUpstream slow = stats("{\"speed\":1,\"name\":\"slow\",\"more\":{\"x\":1}}", pulls);
                ScriptedUpstream fast = stats("{\"speed\":9.5,\"name\":\"fast\"}", pulls);
                AdminGateway gateway =
                        AdminGateway.start(RelayPlan.over(slow, fast).asEquals().settings(readingStats()))) {
            TestGateway.await(
                    "both were asked",
                    () -> gateway.asked("b1", "stats", "ok") > 0 && gateway.asked("b2", "stats", "ok") > 0);
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.chat("hello").statusCode()).isEqualTo(200);
            }
            assertThat(fast.requests())
                    .filteredOn(request -> request.target().equals(CHAT))
                    .hasSize(5);
            TestGateway.await("more were pulled", () -> pulls.get() > 6);
        }
    }

    private static ScriptedUpstream stats(String told, AtomicInteger pulls) {
        return new ScriptedUpstream((request, line) -> {
            boolean isPull = request.target().equals("/headgate/routing-stats");
            pulls.addAndGet(isPull ? 1 : 0);
            line.answer(200, "application/json", isPull ? told : ANSWER);
        });
    }

    private static FailoverSettings readingStats() {
        SignalSettings often = SignalSettings.DEFAULTS.withStats(Duration.ofMillis(50), Duration.ofSeconds(1));
        RouterCode code = () -> new RouterCode.Instance(new Fastest(), Runnable::run);
        return FailoverSettings.DEFAULTS
                .with()
                .router(new RouterSettings(
                                "fastest",
                                code,
                                Map.of(),
                                Composition.DEFAULT,
                                "",
                                "random",
                                PoolSettings.DEFAULTS,
                                Optional.empty())
                        .asking(often))
                .build();
    }

    /** Prefers whoever says that it is fastest. */
    private static final class Fastest implements RequestRouter {
        @Override
        public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
            int best = 0;
            for (int i = 1; i < candidates.size(); i++) {
                best = speed(candidates, i) > speed(candidates, best) ? i : best;
            }
            ranks.add(best);
        }

        private static double speed(Candidates candidates, int index) {
            return candidates.stats(index).number("speed", 0);
        }

        @Override
        public Set<Need> needs() {
            return Set.of(Need.STATS);
        }
    }
}
