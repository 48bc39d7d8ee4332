package dev.headgate.worker.sleep;

import dev.headgate.worker.engine.Engine;
import dev.headgate.worker.engine.LoadedModel;
import dev.headgate.worker.engine.ModelRequest;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Loads any label by waiting, and runs tasks that wait. Thread-safe. */
public final class SleepEngine implements Engine {
    /** A load this short would be an outlier of the benchmark's model, see the dispatcher's benchmark. */
    private static final double LOAD_FLOOR = 0.3;

    /** A run this short would be an outlier of the benchmark's model. */
    private static final double RUN_FLOOR = 0.2;

    /** What a label counts for when the dispatcher names no size: small, so that labels and not bytes are the limit. */
    private static final long DEFAULT_BYTES = 1 << 20;

    private static final int MAX_BATCH = 64;

    private final SleepCost load;
    private final SleepCost run;
    private final RandomGenerator random; // guarded by itself

    /** Creates an engine whose draws are fixed by {@code seed}, in the order they are asked for. */
    public SleepEngine(SleepCost load, SleepCost run, long seed) {
        this.load = load;
        this.run = run;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public String name() {
        return "sleep";
    }

    @Override
    public List<String> taskTypes() {
        return List.of("sample_task", "sleep");
    }

    @Override
    public List<String> labels() {
        return List.of();
    }

    @Override
    public boolean loadsAnyLabel() {
        return true;
    }

    @Override
    public int maxBatch() {
        return MAX_BATCH;
    }

    @Override
    public long predictBytes(ModelRequest model) {
        return model.hintBytes() > 0 ? model.hintBytes() : DEFAULT_BYTES;
    }

    @Override
    public LoadedModel load(ModelRequest model) throws InterruptedException {
        Thread.sleep(draw(load, LOAD_FLOOR));
        return new SleepModel(this::drawRun);
    }

    private Duration drawRun() {
        return draw(run, RUN_FLOOR);
    }

    private Duration draw(SleepCost cost, double floor) {
        synchronized (random) {
            return cost.draw(random, floor);
        }
    }
}
