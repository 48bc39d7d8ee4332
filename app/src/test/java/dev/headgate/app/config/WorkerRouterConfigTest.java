package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.pick.Composition;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The router that chooses among workers. */
class WorkerRouterConfigTest {
    private static final String ROUTER = """
            import dev.headgate.core.pick.*;
            public class First implements RequestRouter {
                @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                    ranks.add(0);
                }
            }
            """;

    @TempDir
    private Path folder;

    private ConfigFolder config;

    @BeforeEach
    void files() {
        config = new ConfigFolder(folder);
    }

    private @Nullable RouterSettings router(String yaml) {
        return config.read("pools: {tasks: {dispatch: true" + yaml + "}}").workerRouter();
    }

    @Test
    void workersHaveNoneUnlessOneIsGiven() {
        assertThat(ServeConfig.DEFAULT.workerRouter()).isNull();
        assertThat(router("")).isNull();
        assertThat(router(", router: off")).isNull();
    }

    @Test
    void policyWithItsParametersAndFallbackArrives() {
        assertThat(router(", router: {policy: consistent-hash, with: {fallbacks: 1}, fallback: random}"))
                .isEqualTo(new RouterSettings(
                        "consistent-hash",
                        Map.of("fallbacks", "1"),
                        new Composition(false, false, false, false),
                        "",
                        "random",
                        PoolSettings.DEFAULTS));
    }

    @Test
    void sourceIsCompiledAndAChangeOfItIsAChangeOfTheConfiguration() throws IOException {
        Path source = Files.writeString(folder.resolve("First.java"), ROUTER);
        ServeConfig read = config.read("pools: {tasks: {dispatch: true, router: {source: First.java, reload: true}}}");
        assertThat(read.files()).contains(source);
        assertThat(Objects.requireNonNull(read.workerRouter()).policy()).isEqualTo("source:First");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{policy: p3c} | policy: p3c is unknown; did you mean p2c?",
                "{compose: {session: off}} | compose: given (expected: none, as tasks have no session and only workers",
                "{maxOngoing: 2} | maxOngoing: given (expected: none, as a worker says how many tasks it runs at once)",
                "{maxQueued: 2} | maxQueued: given (expected: none, as dispatch.limits says how many tasks wait)",
                "{maxActive: 2} | maxActive: given (expected: none, as tasks wait as dispatch says)",
                "{backoff: {max: 1s}} | backoff: given (expected: none, as tasks wait as dispatch says)",
                "{probe: {max: 1s}} | probe: given (expected: none, as a worker's tasks are counted here)",
                "{queueLengthCache: 1s} | queueLengthCache: given (expected: none, as a worker's tasks are counted here)",
                "{index: {maxBlocks: 7}} | index: given (expected: none, as the prompts of tasks are not read)",
                "{stats: {period: 1s}} | stats: not built yet (workers are not asked about themselves)"
            })
    void whatDispatchSaysIsRefusedByName(String router, String problem) {
        assertThat(config.problems("pools: {tasks: {dispatch: true, router: " + router + "}}"))
                .singleElement()
                .asString()
                .startsWith(":1: pools.tasks.router." + problem);
        assertThatThrownBy(() -> RouterObject.ofWorkers(
                        router.replaceAll("([a-zA-Z0-9]+)", "\"$1\""),
                        folder.resolve("headgate.yaml"),
                        RouterObject.Allowed.CODE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("router." + problem);
    }

    @Test
    void unknownKeyIsAnsweredWithTheKeysThatWorkersTake() {
        assertThat(config.problems("pools: {tasks: {dispatch: true, router: {zzzzzz: 1}}}"))
                .containsExactly(":1: pools.tasks.router.zzzzzz: unknown key (known: policy, class, jar, source,"
                        + " reload, with, fallback)");
    }

    @Test
    void placementThatChoosesWorkersItselfTakesNone() {
        assertThat(config.problems(
                        "dispatch: {placement: {policy: seed}}\npools: {tasks: {dispatch: true, router: {}}}"))
                .containsExactly(":2: pools.tasks.router: given (expected: none, as dispatch.placement.policy: seed"
                        + " chooses workers itself)");
    }
}
