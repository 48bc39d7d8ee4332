package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** One pool with a clock that stands still, an edge that remembers what it is asked, and routers of a few lines. */
final class PoolFixture implements EndpointPort, RouterListener {
    /** All endpoints, in one rank. */
    static final RequestRouter ALL = (candidates, request, ranks) -> {
        for (int i = 0; i < candidates.size(); i++) {
            ranks.add(i);
        }
    };

    /** All endpoints, each a rank of its own. */
    static final RequestRouter ONE_BY_ONE = (candidates, request, ranks) -> {
        for (int i = 0; i < candidates.size(); i++) {
            ranks.add(i).next();
        }
    };

    final FakeTicker ticker = FakeTicker.at(0);
    final List<String> log = new ArrayList<>();
    final List<Long> probeNanos = new ArrayList<>();
    final PoolRouter pool;
    int choices;

    PoolFixture(PoolSettings settings, RequestRouter router) {
        pool = new PoolRouter(settings, "test", counting(router), ALL, ticker, this, this);
    }

    static PoolFixture of(RequestRouter router, PoolEndpoint... endpoints) {
        return of(PoolSettings.DEFAULTS, router, endpoints);
    }

    static PoolFixture of(PoolSettings settings, RequestRouter router, PoolEndpoint... endpoints) {
        return new PoolFixture(settings, router).with(endpoints);
    }

    PoolFixture with(PoolEndpoint... endpoints) {
        pool.endpointsChanged(List.of(endpoints));
        return this;
    }

    /** An endpoint that is probed and can reject. */
    static PoolEndpoint asked(String id, int maxOngoing) {
        return PoolEndpoint.of(id, maxOngoing).probed().rejecting();
    }

    FakeCall route(String id) {
        return route(new FakeCall(InferenceRequest.of(id, "m", "chat")));
    }

    FakeCall route(FakeCall call) {
        call.decision = pool.route(call);
        return call;
    }

    /** Returns the endpoint of the call's present lease. */
    static String where(FakeCall call) {
        return lease(call).endpoint().value();
    }

    static PoolLease lease(FakeCall call) {
        if (call.lease instanceof PoolLease lease) {
            return lease;
        }
        throw new AssertionError(call.request().id() + " has no lease");
    }

    static boolean isAssigned(FakeCall call) {
        return call.lease != null && !call.lease.isCompleted();
    }

    static void complete(FakeCall call) {
        assertThat(lease(call).complete(Outcome.COMPLETED)).isTrue();
    }

    /** Moves the clock from event to event. */
    void advance(Duration by) {
        long end = ticker.nanos() + by.toNanos();
        while (pool.nextWakeup().isPresent() && pool.nextWakeup().getAsLong() - end <= 0) {
            ticker.set(Math.max(ticker.nanos(), pool.nextWakeup().getAsLong()));
            pool.advance();
        }
        ticker.set(end);
        pool.advance();
    }

    void millis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    int queueLength(String endpoint) {
        Candidates candidates = pool.candidates();
        return candidates.queueLength(candidates.indexOf(new EndpointId(endpoint)));
    }

    int inFlight(String endpoint) {
        Candidates candidates = pool.candidates();
        return candidates.inFlight(candidates.indexOf(new EndpointId(endpoint)));
    }

    void answer(String endpoint, int ongoing) {
        pool.signals().probeAnswered(new EndpointId(endpoint), ongoing);
    }

    /** Returns what was logged since the last call of this method. */
    List<String> news() {
        List<String> news = List.copyOf(log);
        log.clear();
        return news;
    }

    /** Checks that nothing is left over. */
    void assertIdle() {
        assertThat(pool.waiting()).as("waiting").isZero();
        assertThat(pool.active()).as("active").isZero();
        Candidates candidates = pool.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            assertThat(candidates.inFlight(i))
                    .as("in flight of %s", candidates.id(i))
                    .isZero();
            assertThat(candidates.pendingTokens(i))
                    .as("pending of %s", candidates.id(i))
                    .isZero();
            assertThat(candidates.residentTokens(i))
                    .as("resident of %s", candidates.id(i))
                    .isZero();
        }
    }

    @Override
    public void probe(EndpointId endpoint, long nanos) {
        log.add("probe " + endpoint);
        probeNanos.add(nanos);
    }

    @Override
    public void cancelProbe(EndpointId endpoint) {
        log.add("cancel " + endpoint);
    }

    @Override
    public void waitsLong(Call call, int passes) {
        log.add("waits " + call.request().id() + " " + passes);
    }

    @Override
    public void routerFailed(String router, RouterFault fault) {
        log.add("failed " + fault.label());
    }

    @Override
    public void routerQuarantined(String router, int generation) {
        log.add("quarantined " + generation);
    }

    RequestRouter counting(RequestRouter inner) {
        return new RequestRouter() {
            @Override
            public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                choices++;
                inner.choose(candidates, request, ranks);
            }

            @Override
            public void sent(EndpointId endpoint, PendingRequest request) {
                tell(request, "sent", endpoint);
            }

            @Override
            public void routed(EndpointId endpoint, PendingRequest request) {
                tell(request, "routed", endpoint);
            }

            @Override
            public void firstToken(EndpointId endpoint, PendingRequest request) {
                tell(request, "first", endpoint);
            }

            @Override
            public void completed(EndpointId endpoint, PendingRequest request, Outcome outcome) {
                tell(request, "completed", endpoint);
            }

            @Override
            public void died(EndpointId endpoint) {
                log.add("died " + endpoint);
            }

            @Override
            public void unavailable(EndpointId endpoint) {
                log.add("unavailable " + endpoint);
            }

            @Override
            public void queueLength(EndpointId endpoint, int ongoing) {
                log.add("length " + endpoint + " " + ongoing);
            }

            @Override
            public double costOf(Candidates candidates, PendingRequest request, int index) {
                return inner.costOf(candidates, request, index);
            }

            @Override
            public Set<Need> needs() {
                return inner.needs();
            }

            private void tell(PendingRequest request, String what, EndpointId endpoint) {
                log.add(what + " " + request.request().id() + " " + endpoint);
            }
        };
    }

    static void forEach(int count, Consumer<Integer> body) {
        for (int i = 0; i < count; i++) {
            body.accept(i);
        }
    }
}
