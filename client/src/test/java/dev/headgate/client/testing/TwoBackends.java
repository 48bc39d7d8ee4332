package dev.headgate.client.testing;

import dev.headgate.client.Backend;
import dev.headgate.client.FailoverClient;
import java.io.IOException;

/** Two servers and a client that prefers the first. */
public record TwoBackends(RawServer first, RawServer second, FailoverClient client) implements AutoCloseable {
    public static TwoBackends start() throws IOException {
        RawServer first = RawServer.start();
        RawServer second = RawServer.start();
        return new TwoBackends(first, second, client(first.url(), second));
    }

    /** The first is a port on which nobody listens. */
    public static TwoBackends withoutFirst() throws IOException {
        RawServer second = RawServer.start();
        return new TwoBackends(second, second, client(RawServer.nobody(), second));
    }

    private static FailoverClient client(String first, RawServer second) {
        return FailoverClient.builder()
                .backends(
                        Backend.of(first, 1).withId("first"),
                        Backend.of(second.url(), 2).withId("second"))
                .build();
    }

    /** Waits until nothing is in flight, which a test's time limit bounds. */
    public void awaitQuiet() {
        while (client.inFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        first.close();
        second.close();
    }
}
