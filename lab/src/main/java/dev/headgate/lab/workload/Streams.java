package dev.headgate.lab.workload;

/** The independent sources of chance of a run: what one draws never shifts another. */
public enum Streams {
    /** When requests come and what they are. */
    ARRIVALS(0),
    /** How long callers think. */
    THINKING(1),
    /** What routers draw. */
    ROUTING(2),
    /** How much longer or shorter a step of an engine takes. */
    NOISE(3),
    /** Which router process a request goes to. */
    PROCESSES(4);

    private final int number;

    Streams(int number) {
        this.number = number;
    }

    /** Returns the seed of this source in the run of {@code seed}. */
    public long seed(long seed) {
        long mixed = (seed + 1) * 0x9E3779B97F4A7C15L + number * 0xD1B54A32D192ED03L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 27;
    }
}
