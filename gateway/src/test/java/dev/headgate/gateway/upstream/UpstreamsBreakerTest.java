package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerCounts;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.BreakerSettings.PendingCounts;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.gateway.CleanLogs;
import dev.headgate.gateway.ScriptedServer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The rules of gateway.md §13 where connections are made and shared out. */
@ExtendWith(CleanLogs.class)
class UpstreamsBreakerTest {
    private final Semaphore answers = new Semaphore(0);
    private final AtomicInteger asked = new AtomicInteger();

    private ScriptedServer server() {
        return new ScriptedServer(peer -> {
            while (peer.hasRequest()) {
                peer.request();
                asked.incrementAndGet();
                answers.acquire();
                peer.answer("hi");
            }
        });
    }

    private static UpstreamTarget at(ScriptedServer server) {
        return UpstreamTarget.http("127.0.0.1", server.port());
    }

    private static Call send(Caller caller, int loop, ScriptedServer server, ConnectionGate gate) {
        return caller.send(loop, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, gate, new Call());
    }

    /** A breaker and its gate to one endpoint. */
    private record Limits(CircuitBreaker breaker, PoolBreaker pool) {
        static Limits of(int connections, int pending, int parallel, int perConnection) {
            BreakerSettings settings = new BreakerSettings(
                    connections,
                    pending,
                    parallel,
                    1024,
                    perConnection,
                    PendingCounts.WAITING,
                    null,
                    null,
                    BreakerSettings.Body.ENVOY);
            CircuitBreaker breaker = CircuitBreaker.of(settings, () -> {});
            return new Limits(breaker, new PoolBreaker(settings));
        }

        ConnectionGate gate(String endpoint) {
            return pool.gate(breaker.gate(new EndpointId(endpoint)));
        }

        /** Waits until nothing is counted as open. */
        void awaitNothing() {
            Caller.until(() -> {
                BreakerCounts counts = breaker.counts();
                return counts.upstreamCxActive() == 0
                        && counts.upstreamRqActive() == 0
                        && counts.upstreamRqPendingActive() == 0;
            });
        }
    }

    @Test
    void parallelRequestsBeyondTheLimitOverflow() {
        Limits limits = Limits.of(10, 1, 1, 0);
        try (ScriptedServer server = server();
                Caller caller = new Caller()) {
            Call first = send(caller, 0, server, limits.gate("a"));
            Caller.until(() -> asked.get() == 1);
            Call second = send(caller, 0, server, limits.gate("a"));

            assertThat(second.hasOverflowed()).isTrue();
            answers.release();
            first.success();
        }
    }

    @Test
    void requestsBeyondTheConnectionsWaitInOrderAndBeyondThePendingOverflow() {
        Limits limits = Limits.of(1, 3, 10, 0);
        try (ScriptedServer server = server();
                Caller caller = new Caller()) {
            List<Call> calls = new ArrayList<>();
            calls.add(send(caller, 0, server, limits.gate("a")));
            Caller.until(() -> asked.get() == 1);
            for (int i = 0; i < 3; i++) {
                calls.add(send(caller, 0, server, limits.gate("a")));
            }
            assertThat(send(caller, 0, server, limits.gate("a")).hasOverflowed())
                    .isTrue();
            for (int i = 0; i < 4; i++) {
                answers.release();
                calls.get(i).success();
                int done = i;
                assertThat(calls.stream().filter(Call::hasEnded).count()).isEqualTo(done + 1);
            }

            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void waitingRequestThatIsCancelledLeavesTheLine() {
        Limits limits = Limits.of(1, 1, 10, 0);
        try (ScriptedServer server = server();
                Caller caller = new Caller()) {
            Call first = send(caller, 0, server, limits.gate("a"));
            Caller.until(() -> asked.get() == 1);
            Call given = send(caller, 0, server, limits.gate("a"));
            UpstreamExchange exchange = given.exchange();
            caller.on(0, exchange::cancel);
            Call third = send(caller, 0, server, limits.gate("a"));
            assertThat(third.exchange().isReused()).isFalse(); // it is in line
            answers.release(2);

            first.success();
            third.success();
            assertThat(given.hasEnded()).isFalse();
        }
    }

    @Test
    void requestOnAnotherLoopIsServedWhenAConnectionThereGivesWay() {
        Limits limits = Limits.of(1, 10, 10, 0);
        try (ScriptedServer server = server();
                Caller caller = new Caller(2, UpstreamSettings.DEFAULTS)) {
            answers.release(40);
            for (int i = 0; i < 20; i++) {
                send(caller, i % 2, server, limits.gate("a")).success();
            }

            Caller.until(() -> caller.upstreams().openConnections() == 1);
        }
    }

    @Test
    void nobodyStarvesWhileAnotherLoopIsBusy() {
        Limits limits = Limits.of(1, 100, 100, 0);
        try (ScriptedServer server = server();
                Caller caller = new Caller(2, UpstreamSettings.DEFAULTS)) {
            answers.release(1_000_000);
            AtomicInteger rounds = new AtomicInteger();
            for (int i = 0; i < 3; i++) { // three callers on loop 0 that never pause
                again(caller, server, limits, rounds);
            }
            Caller.until(() -> rounds.get() > 10);

            send(caller, 1, server, limits.gate("a")).success();
            rounds.set(Integer.MIN_VALUE);
        }
    }

    private static void again(Caller caller, ScriptedServer server, Limits limits, AtomicInteger rounds) {
        Call call = new Call(false) {
            @Override
            public void ended(HttpHeaders fields, BodyEnd how) {
                super.ended(fields, how);
                if (rounds.incrementAndGet() > 0) {
                    again(caller, server, limits, rounds);
                }
            }
        };
        caller.send(0, at(server), HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, limits.gate("a"), call);
    }

    @Test
    void everyEndpointMayHaveOneConnection() {
        Limits limits = Limits.of(1, 10, 10, 0);
        try (ScriptedServer one = server();
                ScriptedServer other = server();
                Caller caller = new Caller()) {
            Call first = send(caller, 0, one, limits.gate("a"));
            Call second = send(caller, 0, other, limits.gate("b"));
            Caller.until(() -> asked.get() == 2);
            answers.release(2);

            first.success();
            second.success();
        }
    }

    @Test
    void connectionIsClosedAfterItsRequests() {
        Limits limits = Limits.of(10, 10, 10, 2);
        try (ScriptedServer server = server();
                Caller caller = new Caller()) {
            answers.release(100);
            for (int i = 0; i < 6; i++) {
                send(caller, 0, server, limits.gate("a")).success();
                int served = i % 2 == 0 ? 1 : 0;
                Caller.until(() -> caller.upstreams().openConnections() == served
                        && caller.upstreams().idleConnections() == served);
            }

            assertThat(server.accepted()).isEqualTo(3);
        }
    }

    @Test
    void countsAreZeroWhenAllIsOver() {
        Limits limits = Limits.of(2, 5, 10, 0);
        try (ScriptedServer server = server()) {
            try (Caller caller = new Caller(2, UpstreamSettings.DEFAULTS)) {
                List<Call> calls = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    calls.add(send(caller, i % 2, server, limits.gate("a")));
                }
                answers.release(100);
                calls.forEach(Call::end);
                for (int i = 0; i < 4; i++) {
                    UpstreamTarget nobody = UpstreamTarget.http("127.0.0.1", 1);
                    caller.send(0, nobody, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, limits.gate("b"), new Call())
                            .end();
                }
            }
            limits.awaitNothing();
        }
    }
}
