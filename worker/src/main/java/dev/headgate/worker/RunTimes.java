package dev.headgate.worker;

/**
 * How long a batch took on this worker.
 *
 * @param waitNanos from its arrival to its start
 * @param runNanos from its start to its outcomes, tokenising included
 * @param loadMicros the load it was the first to profit from, zero for all later ones
 */
record RunTimes(long waitNanos, long runNanos, long loadMicros) {}
