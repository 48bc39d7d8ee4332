package dev.headgate.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives a pool of a running server another router. */
@Command(
        name = "set",
        description =
                "Give a pool of a running server another router, until it ends, its file says otherwise, or router reset.")
final class RouterSetCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Mixin
    private PoolAddress pool = new PoolAddress();

    @Option(names = "--policy", paramLabel = "NAME", description = "A built-in policy.")
    private Optional<String> policy = Optional.empty();

    @Option(names = "--class", paramLabel = "CLASS", description = "A class on the server's class path, or in the jar.")
    private Optional<String> className = Optional.empty();

    @Option(names = "--jar", paramLabel = "FILE", description = "A jar, which the server reads.")
    private Optional<Path> jar = Optional.empty();

    @Option(names = "--source", paramLabel = "FILE", description = "A .java file, which the server reads and compiles.")
    private Optional<Path> source = Optional.empty();

    @Option(names = "--with", paramLabel = "KEY=VALUE", description = "A parameter; may be repeated.")
    private Map<String, String> with = Map.of();

    @Override
    public Integer call() throws InterruptedException {
        if (Stream.of(policy, className, jar, source).allMatch(Optional::isEmpty)) {
            throw CommandException.wrongUse("no router (expected: --policy, --class, --jar or --source)");
        }
        pool.change(
                (client, path) -> client.put(path, router().toString()),
                spec.commandLine().getOut());
        return 0;
    }

    private ObjectNode router() {
        ObjectNode router = JSON.createObjectNode();
        policy.ifPresent(name -> router.put("policy", name));
        className.ifPresent(name -> router.put("class", name));
        jar.ifPresent(file -> router.put("jar", file.toAbsolutePath().toString()));
        source.ifPresent(file -> router.put("source", file.toAbsolutePath().toString()));
        if (!with.isEmpty()) {
            ObjectNode parameters = router.putObject("with");
            with.forEach(parameters::put);
        }
        return router;
    }
}
