package dev.headgate.app.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Who may connect. An empty list asks for no token.
 *
 * @param workerTokenFiles files that hold one token each; a worker presents any of them
 * @param clients the callers of the HTTP API
 */
public record AuthConfig(List<Path> workerTokenFiles, List<ClientAuth> clients) {
    /** Nobody is asked for a token. */
    public static final AuthConfig DEFAULT = new AuthConfig(List.of(), List.of());

    public AuthConfig {
        workerTokenFiles = List.copyOf(workerTokenFiles);
        clients = List.copyOf(clients);
    }

    /** Returns whether both doors, for workers and for callers, ask for a token. */
    public boolean isComplete() {
        return !workerTokenFiles.isEmpty() && !clients.isEmpty();
    }
}
