package dev.headgate.core.request;

/** The time that a caller gives for its answer, in a header field (gateway.md §3). */
public final class DeadlineFields {
    /** Milliseconds, a whole number above zero. */
    public static final String DEADLINE = "x-headgate-deadline-ms";

    private static final String STAINLESS = "x-stainless-timeout";
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000 * NANOS_PER_MILLI;

    private DeadlineFields() {}

    /** Returns the shortest of what the pool allows and what the caller asks for; what cannot be read counts for nothing. */
    public static long totalNanos(HeaderFields fields, long poolNanos) {
        long total = poolNanos;
        String deadline = fields.first(DEADLINE);
        if (deadline != null && isReadable(deadline)) {
            long millis = HeaderNumbers.count(deadline);
            total = millis < total / NANOS_PER_MILLI ? millis * NANOS_PER_MILLI : total;
        }
        String stainless = fields.first(STAINLESS);
        if (stainless != null) {
            long seconds = HeaderNumbers.count(stainless); // 0 is what SDKs send for less than a second: unset
            total = seconds > 0 && seconds < total / NANOS_PER_SECOND ? seconds * NANOS_PER_SECOND : total;
        }
        return total;
    }

    /** Returns whether a value of {@link #DEADLINE} is one. */
    public static boolean isReadable(String deadline) {
        return HeaderNumbers.count(deadline) > 0 && deadline.indexOf('.') < 0;
    }
}
