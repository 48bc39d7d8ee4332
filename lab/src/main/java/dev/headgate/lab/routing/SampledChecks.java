package dev.headgate.lab.routing;

import dev.headgate.lab.routing.RoutingSimulation.Prefixes;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import dev.headgate.lab.workload.Fleet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Invariants that take more than one run to see, on the first requests of an input: the same run twice is the same, routers do
 * not know the future, one replica leaves no choice, and an index without shared beginnings says nothing.
 */
final class SampledChecks {
    private static final int REQUESTS = 300;

    private final RunSettings settings;
    private final Cell cell;
    private final long seed;
    private final Trace sample;

    SampledChecks(RunSettings settings, Cell cell, long seed) {
        this.settings = settings.on(Fleet.of(settings.fleet().size()));
        this.cell = cell;
        this.seed = seed;
        this.sample = firstOnes(cell.workload().offered(seed, cell.speedup()));
    }

    // By time, as jitter changes the order; of conversations whole ones.
    private static Trace firstOnes(Trace trace) {
        long[] arrivals = trace.arrivals();
        Arrays.sort(arrivals);
        int open = (int)
                Arrays.stream(arrivals).filter(at -> at == Trace.AFTER_ANSWER).count();
        long last = arrivals[Math.min(arrivals.length - 1, open + REQUESTS)];
        Trace early = trace.keep(r -> trace.arrival(r) <= last);
        return open == 0 ? early : early.first(4 * REQUESTS);
    }

    /** Returns what {@code policy} breaks, a sentence each. */
    List<String> violations(PolicySpec policy) {
        List<String> violations = new ArrayList<>();
        OfferedRequests requests = offered(sample);
        RunLog once = run(requests, Prefixes.SHOWN, settings, policy);
        if (once.hash() != run(requests, Prefixes.SHOWN, settings, policy).hash()) {
            violations.add(sentence(policy, "6: the same run twice is not the same"));
        }
        if (!policy.name().equals(PolicySpec.ORACLE) && knowsTheFuture(requests, once, policy)) {
            violations.add(sentence(policy, "7: decisions depend on the lengths of answers that are not begun"));
        }
        OfferedRequests alone = offered(withoutSharedBeginnings());
        if (!readsOccupancy(policy)
                && run(alone, Prefixes.SHOWN, settings, policy).hash()
                        != run(alone, Prefixes.HIDDEN, settings, policy).hash()) {
            violations.add(sentence(policy, "12: the index changes decisions where no beginnings are shared"));
        }
        return violations;
    }

    /** Returns a sentence if {@code policies} differ where there is one replica, empty if they do not. */
    List<String> onOneReplica(List<PolicySpec> policies) {
        if (!settings.bindsEarly()) {
            return List.of(); // a policy also says who goes first where requests wait for slots
        }
        RunSettings one = settings.on(Fleet.of(1));
        OfferedRequests requests = offered(sample.first(Math.min(sample.size(), REQUESTS / 3)));
        List<String> violations = new ArrayList<>();
        long expected = run(requests, Prefixes.SHOWN, one, policies.get(0)).hash();
        for (PolicySpec policy : policies) {
            if (run(requests, Prefixes.SHOWN, one, policy).hash() != expected) {
                violations.add(sentence(policy, "11: with one replica it differs from " + policies.get(0)));
            }
        }
        return violations;
    }

    private boolean knowsTheFuture(OfferedRequests requests, RunLog before, PolicySpec policy) {
        long[] arrived = before.states.arrived.clone();
        Arrays.sort(arrived);
        long now = arrived[arrived.length / 2];
        int[] outputs = new int[requests.trace().size()];
        SplittableRandom random = new SplittableRandom(seed);
        for (int r = 0; r < outputs.length; r++) {
            outputs[r] = before.states.arrived[r] > now
                    ? 1 + random.nextInt(500)
                    : requests.trace().output(r);
        }
        RunLog after = run(requests.withOutputs(outputs), Prefixes.SHOWN, settings, policy);
        for (int r = 0; r < outputs.length; r++) {
            boolean isPast = before.states.decided[r] >= 0 && before.states.decided[r] <= now;
            if (isPast && before.states.replica[r] != after.states.replica[r]) {
                return true;
            }
        }
        return false;
    }

    // These choose the endpoint that holds the fewest blocks, or that was least recently cold, when nothing matches.
    private static boolean readsOccupancy(PolicySpec policy) {
        return List.of("prefix-affinity", "sglang-cache-aware", "llm-d-optimized-baseline", "preble")
                .contains(policy.name());
    }

    private Trace withoutSharedBeginnings() {
        TraceBuilder builder = new TraceBuilder(sample.unitTokens());
        for (int r = 0; r < sample.size(); r++) {
            if (sample.arrival(r) != Trace.AFTER_ANSWER) {
                builder.add(sample.arrival(r), sample.input(r), sample.output(r));
                builder.privateRest();
            }
        }
        return builder.build();
    }

    private OfferedRequests offered(Trace trace) {
        return new OfferedRequests(trace, settings.engine(), settings.fleet());
    }

    private RunLog run(OfferedRequests requests, Prefixes prefixes, RunSettings with, PolicySpec policy) {
        return new RoutingSimulation(requests, prefixes, cell.signalAgeMicros(), with, policy, seed).run();
    }

    private String sentence(PolicySpec policy, String broken) {
        return cell.workload().name() + " " + policy + " seed " + seed + ": invariant " + broken;
    }
}
