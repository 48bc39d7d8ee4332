package dev.headgate.app;

import dev.headgate.gateway.transport.Transport;
import dev.headgate.lab.gateway.Entrant;
import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.rival.ProcessTree;
import dev.headgate.lab.rival.Rival;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * This build of Headgate as one of the gateways that are measured.
 *
 * @param transport how its sockets are read and written
 */
record HeadgateEntrant(Transport transport) implements Entrant {
    /** Returns {@code headgate}, with its transport if that is not the usual one. */
    @Override
    public String name() {
        return transport == Transport.usual() ? "headgate" : "headgate " + transport;
    }

    @Override
    public Running start(int upstreamPort, List<String> prefix) throws IOException, InterruptedException {
        if (transport.orNext() != transport) {
            throw new IOException("this machine does not allow " + transport);
        }
        Path config = Files.createTempFile("headgate-bench-", ".yaml");
        try {
            Files.writeString(config, Rival.headgateConfig(upstreamPort));
            List<String> arguments =
                    List.of("--config", config.toString(), "--workers", "0", "--transport", transport.toString());
            return new RunningServer(ServerChild.start(prefix, arguments), config);
        } catch (CommandException e) {
            Files.delete(config);
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A server and its configuration file, which it may read again. */
    private record RunningServer(ServerChild server, Path config) implements Running {
        @Override
        public LoadTarget target() {
            return new LoadTarget(URI.create(server.url() + "/v1"), Map.of("authorization", "Bearer lab"));
        }

        @Override
        public ProcessTree processes() {
            return new ProcessTree(server.handle());
        }

        @Override
        public boolean isJava() {
            return true;
        }

        @Override
        public void close() throws IOException {
            server.close();
            Files.delete(config);
        }
    }
}
