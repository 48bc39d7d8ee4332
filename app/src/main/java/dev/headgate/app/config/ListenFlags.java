package dev.headgate.app.config;

import java.util.Optional;
import java.util.OptionalInt;

/** The parts of the listening address that the command line gives; they win over the file. */
public record ListenFlags(Optional<String> host, OptionalInt port) {
    /** No flag was given. */
    public static final ListenFlags NONE = new ListenFlags(Optional.empty(), OptionalInt.empty());

    ListenConfig over(ListenConfig listen) {
        return new ListenConfig(host.orElse(listen.host()), port.orElse(listen.port()));
    }
}
