package dev.headgate.lab.routing;

import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.policy.RivalPolicies;
import dev.headgate.lab.routing.RunSettings.Measuring;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import dev.headgate.lab.trace.TraceFiles;
import dev.headgate.lab.workload.Fleet;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import dev.headgate.lab.workload.Workloads;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Small experiments. */
final class Labs {
    static final RunSettings COARSE = new RunSettings(
            EngineConstants.COARSE, Fleet.of(4), Slo.DEFAULT, 1, Measuring.OFF, RivalPolicies.all()::create);
    static final RunSettings FINE = new RunSettings(
            EngineConstants.H100, Fleet.of(4), Slo.DEFAULT, 1, Measuring.OFF, RivalPolicies.all()::create);
    static final List<PolicySpec> POLICIES =
            PolicySpec.parse("marginal-cost,random,round-robin,least-request,p2c,sglang-cache-aware,gie,lmetric");

    private Labs() {}

    static RoutingReport run(RunSettings settings, List<PolicySpec> policies, int seeds, int threads, Cell... cells) {
        return new Experiment(settings, policies, LongStream.rangeClosed(1, seeds), threads, run -> {})
                .run(List.of(cells));
    }

    static Cell cell(Workload workload, double speedup) {
        return new Cell(workload, speedup, 50_000);
    }

    /** Returns one of the generated workloads, of which only the first requests are used. */
    static Workload generated(String name, int requests) {
        Workload whole = new Workloads(Optional.empty(), TraceFiles.guessing(), Spread.AUTO)
                .named(name)
                .get(0);
        return new Workload(
                name,
                whole.format(),
                "",
                seed -> whole.requests().apply(seed).first(requests),
                whole.jitter(),
                Optional.empty(),
                whole.adapters(),
                List.of());
    }

    /** Returns conversations of long prompts that mostly differ, in bursts three seconds apart. */
    static Workload bursts() {
        return new Workload("bursts", "generated", "", Labs::bursts, Spread.AUTO, Optional.empty(), 0, List.of());
    }

    private static Trace bursts(long seed) {
        SplittableRandom random = new SplittableRandom(7);
        TraceBuilder builder = new TraceBuilder(512);
        for (int r = 0; r < 600; r++) {
            int units = 1 + random.nextInt(40);
            builder.add(r / 6 * 3_000_000L, 512 * units - random.nextInt(512), 1 + random.nextInt(600));
            int family = random.nextInt(200);
            for (int k = 0; k < units; k++) {
                builder.unit(k == 0 ? 0 : family * 1000L + k);
            }
        }
        return builder.build();
    }
}
