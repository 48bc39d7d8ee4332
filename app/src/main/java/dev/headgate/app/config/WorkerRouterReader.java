package dev.headgate.app.config;

import dev.headgate.app.router.LoadedRouter;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterSettings;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the router that chooses among workers. What a pool of backends is told besides, dispatch says for workers. */
final class WorkerRouterReader {
    private static final Composition ALONE = new Composition(false, false, false, false);

    private WorkerRouterReader() {}

    /** Returns the settings under {@code router} of a pool, null if it has none; as an operator gives it if {@code isPosted}. */
    static @Nullable RouterSettings read(Section pool, boolean isPosted) {
        Optional<Section> given = pool.sectionOrOff("router");
        if (given.isEmpty()) {
            return null;
        }
        Section section = given.get();
        section.refused(
                "compose", "none, as tasks have no session and only workers that hold the model are asked about");
        section.refused("maxOngoing", "none, as a worker says how many tasks it runs at once");
        section.refused("maxQueued", "none, as dispatch.limits says how many tasks wait");
        section.refused("maxActive", "none, as tasks wait as dispatch says");
        section.refused("backoff", "none, as tasks wait as dispatch says");
        section.refused("probe", "none, as a worker's tasks are counted here");
        section.refused("queueLengthCache", "none, as a worker's tasks are counted here");
        section.refused("index", "none, as the prompts of tasks are not read");
        section.notBuilt("stats", "workers are not asked about themselves");
        String builtIn = section.value("policy", RouterReader.POLICY, RouterSettings.DEFAULTS.policy());
        @Nullable LoadedRouter code = CodeReader.read(section, isPosted);
        Map<String, String> with = section.words("with", RouterReader.TEXT).orElse(Map.of());
        RouterSettings settings = new RouterSettings(
                code == null ? builtIn : code.name(),
                code,
                Map.copyOf(with),
                ALONE,
                "",
                section.value("fallback", RouterReader.POLICY, RouterSettings.DEFAULTS.fallback()),
                PoolSettings.DEFAULTS,
                Optional.empty());
        section.end();
        RouterReader.check(section, settings);
        return settings;
    }
}
