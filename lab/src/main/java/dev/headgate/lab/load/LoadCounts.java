package dev.headgate.lab.load;

/**
 * What callers have got so far; made of sums, so that the difference of two tells of the time between.
 *
 * @param answers whole answers
 * @param errors answers with another status than 200 or another number of events than was due, and broken connections
 * @param events events received, also of answers under way
 * @param nanos when it was read
 */
public record LoadCounts(long answers, long errors, long events, long nanos) {
    /** Returns what came since {@code earlier}; its nanos are what has passed. */
    public LoadCounts since(LoadCounts earlier) {
        return new LoadCounts(
                answers - earlier.answers, errors - earlier.errors, events - earlier.events, nanos - earlier.nanos);
    }
}
