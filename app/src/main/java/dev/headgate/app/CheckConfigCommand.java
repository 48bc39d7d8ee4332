package dev.headgate.app;

import dev.headgate.app.config.ListenFlags;
import dev.headgate.app.config.ServeConfig;
import dev.headgate.app.config.ServeConfigReader;
import dev.headgate.gateway.relay.RelayOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
        spec.commandLine().getOut().println(file + ": ok" + counts(config.relay()));
        return 0;
    }

    private static String counts(@Nullable RelayOptions relay) {
        if (relay == null) {
            return "";
        }
        int backends =
                relay.pools().stream().mapToInt(pool -> pool.backends().size()).sum();
        int routes = relay.plan().routes().size();
        return " (pools: " + relay.pools().size() + ", backends: " + backends + ", routes: " + routes + ")";
    }
}
