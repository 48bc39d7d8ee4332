package dev.headgate.core.place;

import dev.headgate.core.guard.LoadFailures;
import dev.headgate.core.signal.Ewma;
import dev.headgate.core.signal.Popularity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is known of one label: how popular it is, what loading and running it costs, and where it is.
 *
 * <p>Times are nanoseconds as doubles. Confined to the owner of the fleet.
 */
public final class Model {
    private static final double LOAD_WEIGHT = 0.3; // a label is loaded seldom, so a load counts for much
    private static final double RUN_WEIGHT = 0.1;
    private static final double LOAD_PRIOR_NANOS = 20e6;
    private static final double LOAD_PRIOR_NANOS_PER_BYTE = 2.5; // 2.5 ms per MB, measured on small ONNX models

    private final String label;
    private final Experience experience;
    private final Popularity popularity = new Popularity();
    private final Ewma load = new Ewma(LOAD_WEIGHT, Double.NaN);
    private final Ewma run = new Ewma(RUN_WEIGHT, Double.NaN);
    private final LoadFailures failures = new LoadFailures();
    final List<Copy> copies = new ArrayList<>(2);
    private long sizeBytes;
    private boolean everLoaded;
    boolean lostWithWorker;

    Model(String label, Experience experience) {
        this.label = label;
        this.experience = experience;
    }

    /** Returns its name. */
    public String label() {
        return label;
    }

    /** Returns the expected time of a load. */
    public double loadNanos() {
        double learnt = load.value();
        return Double.isNaN(learnt) ? loadPriorNanos() * experience.loadScale() : learnt;
    }

    /** Returns the expected time of a run. */
    public double runNanos() {
        double learnt = run.value();
        return Double.isNaN(learnt) ? experience.runNanos() : learnt;
    }

    /** Returns its size in memory, 0 if unknown. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Returns where it is resident or loading. */
    public List<Copy> copies() {
        return Collections.unmodifiableList(copies);
    }

    /** Returns whether it is being loaded somewhere. */
    public boolean isLoading() {
        for (int i = 0; i < copies.size(); i++) {
            if (!copies.get(i).isReady()) {
                return true;
            }
        }
        return false;
    }

    /** Returns where loading it failed. */
    public LoadFailures failures() {
        return failures;
    }

    void sized(long bytes) {
        if (bytes > 0) {
            sizeBytes = bytes;
        }
    }

    /** Learns what a run cost. */
    public void ran(long nanos) {
        run.add(nanos);
        experience.ran(nanos);
    }

    void loaded(long nanos) {
        load.add(nanos);
        experience.loaded(nanos / loadPriorNanos());
        everLoaded = true;
        lostWithWorker = false;
    }

    private double loadPriorNanos() {
        return LOAD_PRIOR_NANOS + LOAD_PRIOR_NANOS_PER_BYTE * sizeBytes;
    }

    void arrived(long arrival, double memory) {
        popularity.arrived(arrival, memory);
    }

    double popularity(long arrival, double memory) {
        return popularity.at(arrival, memory);
    }

    /** Returns why it would be loaded at this moment. */
    public MissCause nextMissCause() {
        if (!copies.isEmpty()) {
            return MissCause.REPLICA;
        }
        if (lostWithWorker) {
            return MissCause.RESTART;
        }
        return everLoaded ? MissCause.EVICTED : MissCause.COLD;
    }

    /** What other labels taught about one that has not been loaded or run yet. */
    static final class Experience {
        private static final double RUN_PRIOR_NANOS = 50e6;
        private static final double WEIGHT = 0.1;

        private final Ewma loadScale = new Ewma(WEIGHT, 1);
        private final Ewma run = new Ewma(WEIGHT, RUN_PRIOR_NANOS);

        /** Returns how loads compare with what the size foretells. */
        private double loadScale() {
            return loadScale.value();
        }

        private double runNanos() {
            return run.value();
        }

        private void loaded(double scale) {
            loadScale.add(scale);
        }

        private void ran(double nanos) {
            run.add(nanos);
        }
    }
}
