package dev.headgate.app;

import dev.headgate.app.router.LoadedRouter;
import dev.headgate.app.router.RouterLoader;
import dev.headgate.app.router.RouterTrial;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Routers of one's own: begin one, check it, try it, and give it to a pool. */
@Command(
        name = "router",
        description = "Write a router of your own: begin one, check it, try it, give it to a pool.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RouterCommand.Init.class,
            RouterCommand.Check.class,
            RouterCommand.Try.class,
            RouterSetCommand.class,
            RouterResetCommand.class
        })
final class RouterCommand extends CommandGroup {
    /** Loads a {@code .java} file or a jar; refuses in one sentence. */
    private static LoadedRouter load(Path file) {
        try {
            return file.toString().endsWith(".jar")
                    ? RouterLoader.ofJar(file, Optional.empty())
                    : RouterLoader.ofSource(file);
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
    }

    /** Writes a router that works. */
    @Command(name = "init", description = "Write NAME.java, a router that works, to go on from.")
    static final class Init implements Callable<Integer> {
        private static final String TEMPLATE = """
                import dev.headgate.core.pick.Candidates;
                import dev.headgate.core.pick.PendingRequest;
                import dev.headgate.core.pick.Ranks;
                import dev.headgate.core.pick.RequestRouter;
                import dev.headgate.core.pick.RouterSetup;

                /** Sends each request to the endpoint with the fewest requests in flight. */
                public class NAME implements RequestRouter {
                    private double most = Double.POSITIVE_INFINITY;

                    /** Reads the parameters: what the configuration has under with. */
                    @Override
                    public void start(RouterSetup setup) {
                        most = setup.parameters().number("most", most);
                        if (!(most >= 1)) {
                            throw new IllegalArgumentException("most: " + most + " (expected: >= 1)");
                        }
                    }

                    /** Adds indexes of candidates, the best first; what is in no rank is not used. Must not block. */
                    @Override
                    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                        int best = -1;
                        for (int i = 0; i < candidates.size(); i++) {
                            boolean fits = candidates.available(i) && candidates.inFlight(i) < most;
                            if (fits && (best < 0 || candidates.inFlight(i) < candidates.inFlight(best))) {
                                best = i;
                            }
                        }
                        if (best >= 0) {
                            ranks.add(best);
                        }
                    }
                }
                """;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Parameters(paramLabel = "NAME", description = "The name of the class, as MyRouter.")
        private String name = "";

        @Option(names = "--dir", paramLabel = "DIR", description = "Write it there. Default: here.")
        private Path folder = Path.of("");

        @Override
        public Integer call() throws IOException {
            if (!name.matches("[A-Z]\\w*")) {
                throw CommandException.wrongUse("NAME: " + name + " (expected: a class name, as MyRouter)");
            }
            Path file = folder.resolve(name + ".java");
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(
                        file, TEMPLATE.replace("NAME", name), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                throw CommandException.wrongUse(e.getFile() + ": exists (expected: a new file)");
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(file);
            out.println("next: headgate router check " + file);
            out.flush();
            return 0;
        }
    }

    /** Loads a router and asks it a few questions. */
    @Command(
            name = "check",
            description = "Compile or load a router, start it, let it choose, and say what it did.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:all is well", "1:it failed while it chose", "2:it cannot be loaded or started"})
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "A .java file or a jar.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
        private Path file;

        @Option(names = "--with", paramLabel = "KEY=VALUE", description = "A parameter; may be repeated.")
        private Map<String, String> with = Map.of();

        @Override
        public Integer call() {
            LoadedRouter code = load(file);
            RouterTrial trial = new RouterTrial(code, with);
            try {
                trial.run();
            } catch (IllegalArgumentException e) {
                throw CommandException.wrongUse(file + ": " + e.getMessage());
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(file + ": " + code.name());
            trial.lines().forEach(out::println);
            out.flush();
            List<String> faults = trial.faults();
            if (!faults.isEmpty()) {
                throw CommandException.failed(
                        file + ": " + faults.size() + " failures, the first: " + faults.getFirst());
            }
            return 0;
        }
    }

    /** Simulates a router beside two policies. */
    @Command(
            name = "try",
            description = "Simulate a router beside marginal-cost and least-request.",
            footer = {"", "`headgate simulate routing --policy source:FILE` has more options."})
    static final class Try implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "A .java file or a jar.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
        private Path file;

        @Option(
                names = "--trace",
                paramLabel = "FILE",
                description = "Recorded requests. Default: generated ones, the workload W3.")
        private Optional<Path> trace = Optional.empty();

        @Override
        public Integer call() {
            var _ = load(file);
            String form = file.toString().endsWith(".jar") ? "jar:" : "source:";
            List<String> words = new ArrayList<>(List.of("simulate", "routing", "--seeds", "1"));
            words.addAll(List.of("--policy", form + file + ",marginal-cost,least-request"));
            words.addAll(trace.map(path -> List.of("--trace", path.toString())).orElse(List.of("--workload", "W3")));
            return Main.commandLine()
                    .setOut(spec.commandLine().getOut())
                    .setErr(spec.commandLine().getErr())
                    .execute(words.toArray(String[]::new));
        }
    }
}
