package dev.headgate.app;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what the program or one of its commands does. */
@Command(name = "help", description = "Explain the program or one of its commands.")
final class HelpCommand implements Callable<Integer> {
    /** The launcher runs it, without this program. */
    private static final String TEST = """
            Usage: headgate test [MAVEN ARGUMENTS]
            Run every check and every test of a source tree; -pl MODULE and -Dtest=CLASS narrow it down.""";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "The command, such as: serve, or: bench dispatch.")
    private List<String> words = List.of();

    @Override
    public Integer call() {
        if (words.equals(List.of("test"))) {
            spec.commandLine().getOut().println(TEST);
            return 0;
        }
        CommandLine explained = spec.root().commandLine();
        for (String word : words) {
            CommandLine next = explained.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(spec.commandLine(), Complaints.unknownCommand(word, explained));
            }
            explained = next;
        }
        explained.usage(spec.commandLine().getOut());
        return 0;
    }
}
