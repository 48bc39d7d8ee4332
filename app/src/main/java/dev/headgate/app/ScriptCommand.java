package dev.headgate.app;

import dev.headgate.app.router.RouterLoader;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.lab.script.BadScriptException;
import dev.headgate.lab.script.RouterFiles;
import dev.headgate.lab.script.RoutingScript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows a script with the production router of one pool: what is decided, event by event. */
@Command(
        name = "script",
        description = "Follow a script of requests and endpoints: each decision of the router, as JSON lines.")
final class ScriptCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The script: one JSON object per line.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
    private Path file;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seeds chance (default: 1).")
    private long seed;

    @Option(names = "--explain", description = "Print the scores of each choice.")
    private boolean explains;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            RoutingScript.run(file.toString(), lines(), seed, explains, files(), out::println);
        } catch (BadScriptException e) {
            out.flush();
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        out.flush();
        return 0;
    }

    /** Returns what loads the routers in files; relative paths start at the script's folder. */
    private RouterFiles files() {
        return new RouterFiles() {
            @Override
            public RequestRouter jar(String jar, Optional<String> className) {
                return RouterLoader.ofJar(file.resolveSibling(jar), className).router();
            }

            @Override
            public RequestRouter source(String source) {
                return RouterLoader.ofSource(file.resolveSibling(source)).router();
            }
        };
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw CommandException.wrongUse(file + ": no such file (expected: a script)");
        } catch (MalformedInputException e) {
            throw CommandException.wrongUse(file + ": not UTF-8 (expected: a script)");
        } catch (IOException e) {
            throw CommandException.wrongUse(file + ": " + e.getMessage() + " (expected: a script)");
        }
    }
}
