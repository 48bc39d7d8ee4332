package dev.headgate.core.failover;

/**
 * How the policy of a pool of backends stands.
 *
 * @param policy its name
 * @param generation which one of the pool's it is, from 1
 * @param waiting requests that wait for a backend
 * @param failures how often it has failed and the fallback chose
 */
public record PolicyStatus(String policy, int generation, int waiting, long failures) {}
