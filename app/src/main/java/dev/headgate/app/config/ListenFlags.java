package dev.headgate.app.config;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The parts of the listening addresses that the command line gives; they win over the file. */
public record ListenFlags(Optional<String> host, OptionalInt port, OptionalInt adminPort) {
    /** No flag was given. */
    public static final ListenFlags NONE = new ListenFlags(Optional.empty(), OptionalInt.empty(), OptionalInt.empty());

    ListenConfig over(ListenConfig listen) {
        return new ListenConfig(host.orElse(listen.host()), port.orElse(listen.port()), listen.tls());
    }

    /** Returns the operators' address: that of the file or the flag, or {@code standard} if there is neither. */
    @Nullable
    AdminConfig over(@Nullable AdminConfig admin, @Nullable AdminConfig standard) {
        if (adminPort.isEmpty()) {
            return admin == null ? standard : admin;
        }
        AdminConfig rest = admin == null ? AdminConfig.DEFAULT : admin;
        return new AdminConfig(rest.host(), adminPort.getAsInt(), rest.tokenFile(), rest.allowsRouterSource(), true);
    }
}
