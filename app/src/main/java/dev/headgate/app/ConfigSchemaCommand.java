package dev.headgate.app;

import dev.headgate.app.config.ConfigSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what a configuration file may hold. */
@Command(name = "config-schema", description = "Print the JSON Schema of the configuration file.")
final class ConfigSchemaCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(ConfigSchema.json());
        return 0;
    }
}
