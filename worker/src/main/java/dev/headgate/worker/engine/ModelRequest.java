package dev.headgate.worker.engine;

/**
 * A model that is wanted in memory.
 *
 * @param label the name tasks use
 * @param version the version wanted, empty for the newest
 * @param hintBytes the memory the dispatcher believes it needs, zero if it does not know
 */
public record ModelRequest(String label, String version, long hintBytes) {}
