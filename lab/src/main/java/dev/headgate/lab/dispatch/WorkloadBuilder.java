package dev.headgate.lab.dispatch;

import java.util.List;

/** Changes single properties of a {@link DispatchWorkload}, as flags do. Not thread-safe. */
public final class WorkloadBuilder {
    private int workers;
    private int capacity;
    private int labels;
    private int requests;
    private int producers;
    private double waitAvg;
    private double waitStddev;
    private double waitMin;
    private CostModel runCost;
    private CostModel loadCost;
    private double zipf;
    private int rotateEvery;
    private int rotateBy;
    private double rate;
    private boolean overlap;
    private List<Long> sizes;
    private long memory;
    private List<DispatchWorkload.Kill> kills;
    private List<Integer> trace;

    WorkloadBuilder(DispatchWorkload from) {
        workers = from.workers();
        capacity = from.capacity();
        labels = from.labels();
        requests = from.requests();
        producers = from.producers();
        waitAvg = from.waitAvg();
        waitStddev = from.waitStddev();
        waitMin = from.waitMin();
        runCost = from.runCost();
        loadCost = from.loadCost();
        zipf = from.zipf();
        rotateEvery = from.rotateEvery();
        rotateBy = from.rotateBy();
        rate = from.rate();
        overlap = from.overlap();
        sizes = from.sizes();
        memory = from.memory();
        kills = from.kills();
        trace = from.trace();
    }

    /** Sets {@link DispatchWorkload#workers}. */
    public WorkloadBuilder workers(int value) {
        workers = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#capacity}. */
    public WorkloadBuilder capacity(int value) {
        capacity = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#labels}. */
    public WorkloadBuilder labels(int value) {
        labels = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#requests}. */
    public WorkloadBuilder requests(int value) {
        requests = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#producers}. */
    public WorkloadBuilder producers(int value) {
        producers = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#waitAvg}. */
    public WorkloadBuilder waitAvg(double value) {
        waitAvg = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#waitStddev}. */
    public WorkloadBuilder waitStddev(double value) {
        waitStddev = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#waitMin}. */
    public WorkloadBuilder waitMin(double value) {
        waitMin = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#runCost}. */
    public WorkloadBuilder runCost(CostModel value) {
        runCost = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#loadCost}. */
    public WorkloadBuilder loadCost(CostModel value) {
        loadCost = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#zipf}. */
    public WorkloadBuilder zipf(double value) {
        zipf = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#rotateEvery}. */
    public WorkloadBuilder rotateEvery(int value) {
        rotateEvery = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#rotateBy}. */
    public WorkloadBuilder rotateBy(int value) {
        rotateBy = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#rate}. */
    public WorkloadBuilder rate(double value) {
        rate = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#overlap}. */
    public WorkloadBuilder overlap(boolean value) {
        overlap = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#sizes}. */
    public WorkloadBuilder sizes(List<Long> value) {
        sizes = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#memory}. */
    public WorkloadBuilder memory(long value) {
        memory = value;
        return this;
    }

    /** Sets {@link DispatchWorkload#kills}. */
    public WorkloadBuilder kills(List<DispatchWorkload.Kill> value) {
        kills = value;
        return this;
    }

    /** Sets the label numbers in order, and with them the requests and labels; empty to draw them. */
    public WorkloadBuilder trace(List<Integer> value) {
        trace = value;
        if (!value.isEmpty()) {
            requests = value.size();
            labels = value.stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
        }
        return this;
    }

    /** Returns the workload; throws {@link IllegalArgumentException} naming the flag whose value is out of range. */
    public DispatchWorkload build() {
        return new DispatchWorkload(
                workers,
                capacity,
                labels,
                requests,
                producers,
                waitAvg,
                waitStddev,
                waitMin,
                runCost,
                loadCost,
                zipf,
                rotateEvery,
                rotateBy,
                rate,
                overlap,
                sizes,
                memory,
                kills,
                trace);
    }
}
