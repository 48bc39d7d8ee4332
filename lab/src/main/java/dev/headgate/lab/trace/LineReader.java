package dev.headgate.lab.trace;

/** Reads one format line by line into a {@link TraceBuilder}. */
interface LineReader {
    /** Reads line {@code number}, from 1; throws {@link BadTraceException} if it makes no sense, and then has added nothing. */
    void read(String line, int number);

    /** Joins what lines say about each other, after the last line; throws {@link BadTraceException} likewise. */
    default void finish() {}

    /** Returns how many lines were left out because the format says so, as failed calls. */
    default int skipped() {
        return 0;
    }

    /** Returns how many requests had more block ids than their length needs. */
    default int cut() {
        return 0;
    }
}
