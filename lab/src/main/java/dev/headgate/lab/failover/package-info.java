/**
 * The failure scenarios of gateway.md §18 as a suite that any gateway can be held against.
 *
 * <p>Start with {@link dev.headgate.lab.failover.FailoverBench}. {@link dev.headgate.lab.failover.Scenarios} holds the
 * sixteen as data: each has lanes, the ways in which it is played, and a lane has the script of its primary and fallback
 * model and its {@link dev.headgate.lab.failover.Ideal}. Every lane has models of its own, so that what a gateway learns in
 * one does not tell in another and all can be played at once. {@link dev.headgate.lab.failover.Judge} turns what the caller
 * received and what the provider saw into a {@link dev.headgate.lab.failover.Score}.
 *
 * <p>The caller is a raw socket, as an HTTP library hides resets, half bodies and the times of single events. To add a
 * scenario: an entry in {@code Scenarios}. It knows gateways only by their URL and imports nothing of Headgate but {@code
 * lab.provider}.
 */
@NullMarked
package dev.headgate.lab.failover;

import org.jspecify.annotations.NullMarked;
