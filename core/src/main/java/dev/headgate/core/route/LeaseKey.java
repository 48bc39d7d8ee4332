package dev.headgate.core.route;

/**
 * What names a lease on the wire.
 *
 * @param taskUid the call's name, unique within the dispatcher
 * @param attempt counts from 1
 * @param token drawn per attempt, so that a late answer is told from a current one
 */
public record LeaseKey(String taskUid, int attempt, long token) {}
