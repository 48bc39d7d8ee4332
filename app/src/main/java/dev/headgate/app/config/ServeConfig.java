package dev.headgate.app.config;

import dev.headgate.core.route.RouterSettings;
import dev.headgate.fleet.FleetOptions;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code headgate serve} is told by its configuration file and its flags.
 *
 * @param listen where callers are answered
 * @param admin where operators are answered; null for nowhere
 * @param clients callers and their tokens; those of {@code dispatch.auth} come in as well
 * @param dispatchPool the pool whose endpoints are the dispatcher's workers; null if there is none
 * @param workerRouter which of its workers that could run a task does; null if placement says
 * @param dispatch how the dispatcher works
 * @param relay the pools whose endpoints are upstreams; null if there is none
 * @param shared where what is learnt of backends is shared with other processes; null for nowhere
 * @param insecure whether others may come from other machines without a token
 * @param accessLog whether each relayed request is logged
 * @param files what was read beside the configuration file: a change of one is a change of the configuration
 * @param warnings what may stand but is probably not meant, a line each
 */
public record ServeConfig(
        ListenConfig listen,
        @Nullable AdminConfig admin,
        List<ClientAuth> clients,
        @Nullable String dispatchPool,
        @Nullable RouterSettings workerRouter,
        DispatchConfig dispatch,
        @Nullable RelayOptions relay,
        @Nullable FleetOptions shared,
        boolean insecure,
        boolean accessLog,
        Set<Path> files,
        List<String> warnings) {
    /** What holds without a file. */
    public static final ServeConfig DEFAULT = new ServeConfig(
            ListenConfig.DEFAULT,
            null,
            List.of(),
            "embeddings",
            null,
            DispatchConfig.DEFAULT,
            null,
            null,
            false,
            false,
            Set.of(),
            List.of());

    public ServeConfig {
        clients = List.copyOf(clients);
        files = Set.copyOf(files);
        warnings = List.copyOf(warnings);
    }

    /** Returns everybody who may call; nobody means that no token is asked for. */
    public List<ClientAuth> callers() {
        List<ClientAuth> callers = new ArrayList<>(clients);
        callers.addAll(dispatch.auth().clients());
        return callers;
    }

    /** Returns the same without an address for operators. */
    public ServeConfig withoutAdmin() {
        return new ServeConfig(
                listen,
                null,
                clients,
                dispatchPool,
                workerRouter,
                dispatch,
                relay,
                shared,
                insecure,
                accessLog,
                files,
                warnings);
    }

    /** Returns the same with this router of workers, these pools, and these files beside those that were read. */
    public ServeConfig with(
            @Nullable RouterSettings otherRouter, @Nullable RelayOptions otherRelay, Set<Path> moreFiles) {
        Set<Path> all = new HashSet<>(files);
        all.addAll(moreFiles);
        return new ServeConfig(
                listen,
                admin,
                clients,
                dispatchPool,
                otherRouter,
                dispatch,
                otherRelay,
                shared,
                insecure,
                accessLog,
                all,
                warnings);
    }
}
