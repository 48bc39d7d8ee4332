package dev.headgate.worker.link;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where and as whom a link connects.
 *
 * @param dispatcher a ws or wss address
 * @param workerId the id this worker goes by
 * @param tokenFile read anew at each attempt, so that a rotated token is picked up; absent sends none
 * @param seed seeds the backoff's jitter
 */
public record LinkOptions(URI dispatcher, String workerId, Optional<Path> tokenFile, long seed) {
    /** How long an attempt to connect, or the answer to Hello, may take. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
}
