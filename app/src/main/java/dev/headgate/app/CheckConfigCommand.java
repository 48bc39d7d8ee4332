package dev.headgate.app;

import dev.headgate.app.config.ListenFlags;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.app.config.ServeConfigReader;
import dev.headgate.gateway.relay.PoolEdge;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a configuration file as {@code serve} would and says what is wrong with it. */
@Command(name = "check-config", description = "Check a configuration file: every problem with its line.")
final class CheckConfigCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The configuration file.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
    private Path file;

    @Override
    public Integer call() {
        ServeConfig config = ServeConfigReader.read(file, ListenFlags.NONE);
        config.warnings().forEach(spec.commandLine().getErr()::println);
        spec.commandLine().getErr().flush();
        spec.commandLine().getOut().println(file + ": ok (" + counts(config) + ")");
        return 0;
    }

    private static String counts(ServeConfig config) {
        RelayOptions relay = config.relay();
        String dispatchPool = config.dispatchPool();
        List<PoolEdge> pools = relay == null ? List.of() : relay.pools();
        int backends = pools.stream().mapToInt(pool -> pool.backends().size()).sum();
        int routes = relay == null ? 0 : relay.plan().routes().size();
        int all = pools.size() + (dispatchPool == null ? 0 : 1);
        return "pools: " + all + ", backends: " + backends + ", routes: " + routes
                + (dispatchPool == null ? "" : "; " + dispatchPool + " has workers");
    }
}
