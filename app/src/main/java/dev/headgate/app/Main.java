package dev.headgate.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code headgate} program: finds the command that the arguments name and runs it. */
@Command(
        name = "headgate",
        description = "The gate in front of an inference fleet.",
        versionProvider = VersionCommand.class,
        subcommands = {
            ServeCommand.class,
            WorkerCommand.class,
            BenchCommand.class,
            SimulateCommand.class,
            RouterCommand.class,
            RecordCommand.class,
            ExplainCommand.class,
            CheckConfigCommand.class,
            ConfigSchemaCommand.class,
            VersionCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", "1:it failed", "2:it was used wrongly, which includes a bad configuration file"
        },
        footer = {
            "",
            "`headgate test [MAVEN ARGUMENTS]` runs every check and every test of a source tree.",
            "`headgate help COMMAND` explains a command."
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Explains the command.")
    @SuppressWarnings("UnusedVariable") // picocli reads it and prints the help itself
    private boolean helpWanted;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Prints the version.")
    @SuppressWarnings("UnusedVariable") // likewise
    private boolean versionWanted;

    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setParameterExceptionHandler(Complaints::wrongUse);
        commandLine.setExecutionExceptionHandler(Complaints::failure);
        Converters.register(commandLine);
        return commandLine;
    }

    /** Runs when no command was named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command (see headgate help)");
    }
}
