package dev.headgate.app.router;

import dev.headgate.core.failover.EndpointPort;
import dev.headgate.core.failover.RouterFault;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.Call;
import dev.headgate.core.route.Decision;
import dev.headgate.core.route.Lease;
import dev.headgate.core.route.PoolEndpoint;
import dev.headgate.core.route.PoolRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterListener;
import dev.headgate.core.route.RouterPlan;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks a router for a few choices in a production pool on a clock that stands still: among one, three and eight endpoints,
 * idle, busy and full. Not thread-safe.
 */
public final class RouterTrial {
    private static final int[] SIZES = {1, 3, 8};
    private static final int MOST_ONGOING = 2;
    private static final int BLOCK_TOKENS = 64;

    private final LoadedRouter code;
    private final Map<String, ?> parameters;
    private final List<String> lines = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private int choices;

    /** Tries {@code code}, started with {@code parameters}. */
    public RouterTrial(LoadedRouter code, Map<String, ?> parameters) {
        this.code = code;
        this.parameters = parameters;
    }

    /**
     * Runs it.
     *
     * @throws IllegalArgumentException if the router cannot be made or does not start, or does not come back in time
     */
    public void run() {
        InTime.run(() -> {
            for (int size : SIZES) {
                choose(size);
            }
        });
    }

    /** Returns what it did, a line for each size of pool. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Returns what it threw, a line for each time. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    private void choose(int size) {
        SplittableRandom random = new SplittableRandom(size);
        AtomicLong clock = new AtomicLong(1);
        try (RequestRouter made = code.router()) {
            PoolRouter pool = new PoolRouter(
                    PoolSettings.DEFAULTS,
                    "check",
                    plan(code.name(), observed(made), parameters, random),
                    plan("fallback", RoutingPolicies.builtIn().create("least-request"), Map.of(), random),
                    clock::get,
                    EndpointPort.NONE,
                    new Heard(size));
            List<PoolEndpoint> endpoints = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                endpoints.add(PoolEndpoint.of("endpoint-" + i, MOST_ONGOING));
            }
            pool.endpointsChanged(endpoints);
            int before = choices;
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i <= MOST_ONGOING * size; i++) { // the last one finds all full
                if (pool.route(new Question(i, random)) instanceof Decision.Routed routed) {
                    leases.add(routed.lease());
                }
            }
            leases.forEach(lease -> lease.complete(Outcome.COMPLETED));
            lines.add(size + (size == 1 ? " endpoint: " : " endpoints: ") + (choices - before) + " choices, "
                    + leases.size() + " of " + (MOST_ONGOING * size + 1) + " requests placed at once, "
                    + MOST_ONGOING * size + " would fit");
        }
    }

    private static RouterPlan plan(
            String name, RequestRouter router, Map<String, ?> parameters, SplittableRandom random) {
        return RouterPlan.of(name, router, RouterSetup.Parameters.of(parameters), random);
    }

    /** Returns a router that does what {@code made} does, and notes what it throws. */
    private RequestRouter observed(RequestRouter made) {
        return (RequestRouter) Proxy.newProxyInstance(
                RouterTrial.class.getClassLoader(),
                new Class<?>[] {RequestRouter.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(made, arguments);
                    } catch (InvocationTargetException e) {
                        Throwable thrown = e.getTargetException();
                        if (!method.getName().equals("start")) {
                            faults.add(method.getName() + " throws " + thrown + place(thrown));
                        }
                        throw thrown;
                    }
                });
    }

    private static String place(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
    }

    /** Counts choices, and notes faults that are no exceptions. */
    private final class Heard implements RouterListener {
        private final int size;

        private Heard(int size) {
            this.size = size;
        }

        @Override
        public void chosen(Call call, int pass, Ranks ranks, Candidates candidates) {
            choices++;
        }

        @Override
        public void routerFailed(String router, RouterFault fault) {
            if (faults.isEmpty()) {
                faults.add(fault.label() + " among " + size);
            }
        }
    }

    /** A request with a prompt of some hundred tokens. */
    private static final class Question extends Call {
        private Question(int number, SplittableRandom random) {
            super(InferenceRequest.of("check-" + number, "model", "").withPrompt(prompt(random)));
        }

        private static Prompt prompt(SplittableRandom random) {
            long[] blocks = new long[1 + random.nextInt(8)];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = random.nextLong();
            }
            return new Prompt(blocks.length * BLOCK_TOKENS, BLOCK_TOKENS, blocks);
        }

        @Override
        protected void granted(Lease lease) {
            lease.complete(Outcome.COMPLETED);
        }

        @Override
        protected void ended(Outcome outcome) {}
    }
}
