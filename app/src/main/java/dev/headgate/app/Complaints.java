package dev.headgate.app;

import dev.headgate.app.config.ConfigException;
import dev.headgate.app.config.Nearest;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong with a command into a sentence on standard error and an exit code. */
final class Complaints {
    private Complaints() {}

    /** Answers arguments that do not fit, with the nearest that would. */
    static int wrongUse(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        say(command, e instanceof UnmatchedArgumentException unmatched ? unmatched(unmatched) : sentence(e));
        return 2;
    }

    /** Answers an exception of a command; one that nobody expected is a bug and is passed on with its stack trace. */
    static int failure(Exception e, CommandLine command, ParseResult arguments) throws Exception {
        if (e instanceof ConfigException config) {
            config.problems().forEach(command.getErr()::println);
            return 2;
        }
        if (e instanceof CommandException expected) {
            say(command, String.valueOf(expected.getMessage()));
            return expected.exitCode();
        }
        throw e;
    }

    private static void say(CommandLine command, String sentence) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + sentence);
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandLine command = e.getCommandLine();
        String word = e.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            String name = word.split("=", 2)[0];
            List<String> options = command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .toList();
            return "unknown option " + name + meant(name, options, command);
        }
        if (command.getSubcommands().isEmpty()) {
            return "unexpected argument " + word + " (see headgate help)";
        }
        return unknownCommand(word, command);
    }

    static String unknownCommand(String word, CommandLine parent) {
        return "unknown command " + word
                + meant(word, List.copyOf(parent.getSubcommands().keySet()), parent);
    }

    private static String meant(String word, List<String> known, CommandLine command) {
        return Nearest.to(word, known)
                .map(near -> " (did you mean " + near + "?)")
                .orElse(" (see " + command.getCommandSpec().qualifiedName() + " --help)");
    }

    // picocli's messages read "Invalid value for option '--port': WHAT" and "Missing required option: '--config'".
    private static String sentence(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        if (e.getArgSpec() instanceof OptionSpec option && message.startsWith("Invalid value")) {
            return option.longestName() + message.substring(message.indexOf(": "));
        }
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
}
