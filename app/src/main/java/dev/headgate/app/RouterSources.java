package dev.headgate.app;

import dev.headgate.app.router.LoadedRouter;
import dev.headgate.app.router.RouterLoader;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.lab.policy.RivalPolicies;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes routers by the names that the command line knows: those of policies, {@code class:NAME}, {@code jar:FILE} and
 * {@code source:FILE}. Each is loaded once. Thread-safe.
 */
final class RouterSources {
    private static final String CLASS = "class:";
    private static final String JAR = "jar:";
    private static final String SOURCE = "source:";

    private final Map<String, LoadedRouter> loaded = new ConcurrentHashMap<>();

    /** Returns a new router; {@link IllegalArgumentException} says what would be one. */
    RequestRouter create(String name) {
        boolean isLoaded = name.startsWith(CLASS) || name.startsWith(JAR) || name.startsWith(SOURCE);
        return isLoaded
                ? loaded.computeIfAbsent(name, RouterSources::load).router()
                : RivalPolicies.all().create(name);
    }

    private static LoadedRouter load(String name) {
        String place = name.substring(name.indexOf(':') + 1);
        if (name.startsWith(CLASS)) {
            return RouterLoader.ofClass(place);
        }
        return name.startsWith(JAR)
                ? RouterLoader.ofJar(Path.of(place), Optional.empty())
                : RouterLoader.ofSource(Path.of(place));
    }
}
