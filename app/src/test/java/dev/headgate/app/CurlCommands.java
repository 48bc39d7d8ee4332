package dev.headgate.app;

import java.util.ArrayList;
import java.util.List;

/**
 * The curl commands of a Markdown text: those that begin a line of a block marked {@code sh}.
 *
 * <p>A command goes on over lines that end in a backslash and over those within single quotes.
 */
final class CurlCommands {
    private CurlCommands() {}

    static List<String> in(String markdown) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        boolean inBlock = false;
        for (String line : markdown.lines().toList()) {
            if (line.startsWith("```")) {
                inBlock = line.equals("```sh");
            } else if (inBlock && (!command.isEmpty() || line.startsWith("curl "))) {
                command.append(line).append('\n');
                if (isWhole(command)) {
                    commands.add(command.toString().strip());
                    command.setLength(0);
                }
            }
        }
        return commands;
    }

    private static boolean isWhole(CharSequence command) {
        long quotes = command.chars().filter(c -> c == '\'').count();
        return quotes % 2 == 0 && !command.toString().endsWith("\\\n");
    }
}
