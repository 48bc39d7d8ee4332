package dev.headgate.core.guard;

import java.time.Duration;

/**
 * How long backends are left alone and how they come back (gateway.md §5, §6).
 *
 * @param withoutHint the first wait without a hint
 * @param maxWithoutHint the longest wait without a hint; each trip without a success between doubles
 * @param max the longest wait a hint can ask for
 * @param quota the wait of an exhausted account
 * @param auth the wait after a refused credential
 * @param jitter 0–1: by what share the wait told to callers is spread
 * @param reportMax the longest wait told to callers; zero = no limit
 * @param probesFirst whether one request goes ahead when a wait has passed
 * @param slowStart how long the weight grows after that; zero = not at all
 */
public record CooldownSettings(
        Duration withoutHint,
        Duration maxWithoutHint,
        Duration max,
        Duration quota,
        Duration auth,
        double jitter,
        Duration reportMax,
        boolean probesFirst,
        Duration slowStart) {
    /** The values of gateway.md §1. */
    public static final CooldownSettings DEFAULTS = new CooldownSettings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(120),
            Duration.ofSeconds(300),
            Duration.ofSeconds(60),
            0,
            Duration.ZERO,
            true,
            Duration.ofSeconds(10));
}
