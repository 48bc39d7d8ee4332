package dev.headgate.lab.live;

import java.io.IOException;
import java.net.URI;

/** Starts the gateway under test. */
@FunctionalInterface
public interface LiveGateway {
    /** Starts one with the configuration file {@code yaml}, which names any free port, and returns when it listens. */
    Running start(String yaml) throws IOException, InterruptedException;

    /** A gateway that runs. */
    interface Running extends AutoCloseable {
        /** Returns where it listens, without a path. */
        URI url();

        /** Ends it. */
        @Override
        void close() throws IOException;
    }
}
