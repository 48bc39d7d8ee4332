package dev.headgate.app;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that ask a running gateway. */
final class AdminAddress {
    @Option(
            names = "--admin",
            paramLabel = "URL",
            converter = Converters.HttpUrl.class,
            defaultValue = "http://127.0.0.1:8081",
            description = "The gateway's admin address. Default ${DEFAULT-VALUE}.")
    private URI admin = URI.create("http://127.0.0.1:8081");

    @Option(names = "--token-file", paramLabel = "FILE", description = "The bearer token of operators.")
    private Optional<Path> tokenFile = Optional.empty();

    AdminClient client() {
        return new AdminClient(admin, tokenFile);
    }
}
