package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServeConfigReaderTest {
    private static final ListenFlags EVERYWHERE =
            new ListenFlags(Optional.of("0.0.0.0"), OptionalInt.of(0), OptionalInt.empty());

    private static final String COMPLETE = """
            listen: {host: 0.0.0.0, port: 9090}
            pools: {vectors: {dispatch: true}}
            insecure: false
            dispatch:
              auth:
                workers: [{tokenFile: w.token}]
                clients:
                  - {tenant: t1, tokenFile: c.token, weight: 2.5}
                  - {tenant: t2, tokenFile: c.token}
                mtls: off
              placement:
                policy: seed
                overlap: false
                ageBound: 7
                popularityWindow: 3
                horizon: 0
                tieBand: 0.5
                rent: 2
                prefetch: false
              leases: {heartbeat: 200ms, suspect: 1s, ttl: 2m, reconnectGrace: 0s, cancelGrace: 1h}
              limits:
                taskBytes: 64KB
                resultBytes: 1MiB
                pendingPerLabel: 10
                pending: 20
                pendingBytes: 1GiB
                deadline: 1s
                maxDeadline: 1s
                noWorkerWait: 0s
                attempts: 1
              models:
                sources: [{dir: models}, {maven: {repository: local}}]
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("w.token"), "w-secret\n");
        Files.writeString(folder.resolve("c.token"), "c-secret");
        Files.createDirectory(folder.resolve("models"));
    }

    @Test
    void everyKeyArrives() {
        ServeConfig config = read(COMPLETE);
        Path client = folder.resolve("c.token");
        assertThat(config)
                .isEqualTo(new ServeConfig(
                        new ListenConfig("0.0.0.0", 9090),
                        null,
                        List.of(),
                        "vectors",
                        null,
                        new DispatchConfig(
                                new AuthConfig(
                                        List.of(folder.resolve("w.token")),
                                        List.of(new ClientAuth("t1", client, 2.5), new ClientAuth("t2", client, 1))),
                                new PlacementConfig(PlacementPolicy.SEED, false, 7, 3, 0, 0.5, 2),
                                new LeaseConfig(
                                        Duration.ofMillis(200),
                                        Duration.ofSeconds(1),
                                        Duration.ofMinutes(2),
                                        Duration.ZERO,
                                        Duration.ofHours(1)),
                                new LimitConfig(
                                        64_000,
                                        1 << 20,
                                        10,
                                        20,
                                        1L << 30,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1),
                                        Duration.ZERO,
                                        1),
                                new ModelsConfig(List.of(
                                        new ModelSource.Directory(folder.resolve("models")),
                                        new ModelSource.LocalMaven()))),
                        null,
                        null,
                        false,
                        false,
                        Set.of(folder.resolve("w.token"), client),
                        List.of()));
    }

    @Test
    void secretsAreNotInTheRecords() {
        assertThat(read(COMPLETE).toString()).doesNotContain("secret");
    }

    @Test
    void defaultsArePinned() {
        ServeConfig expected = new ServeConfig(
                new ListenConfig("127.0.0.1", 8080),
                null,
                List.of(),
                "embeddings",
                null,
                new DispatchConfig(
                        new AuthConfig(List.of(), List.of()),
                        new PlacementConfig(PlacementPolicy.LATE, true, 50, 10, 1.0, 0.2, 1.0),
                        new LeaseConfig(
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(5)),
                        new LimitConfig(
                                16 * 1024 * 1024,
                                16 * 1024 * 1024,
                                1000,
                                20_000,
                                512L * 1024 * 1024,
                                Duration.ofSeconds(45),
                                Duration.ofSeconds(600),
                                Duration.ofSeconds(5),
                                3),
                        new ModelsConfig(List.of())),
                null,
                null,
                false,
                false,
                Set.of(),
                List.of());
        assertThat(ServeConfigReader.defaults(ListenFlags.NONE)).isEqualTo(expected);
        assertThat(read("insecure: false\ndispatch:\nlisten: {}\n")).isEqualTo(expected);
    }

    @Test
    void flagsWinOverTheFile() {
        Path file = write("listen: {host: 0.0.0.0, port: 1}\n");
        ListenFlags flags = new ListenFlags(Optional.of("localhost"), OptionalInt.of(0), OptionalInt.empty());
        assertThat(ServeConfigReader.read(file, flags).listen()).isEqualTo(new ListenConfig("localhost", 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dispatch: {limits: {pendng: 3}} | 1: dispatch.limits.pendng: unknown key (did you mean pending?)",
                "lisen: {port: 1} | 1: lisen: unknown key (did you mean listen?)",
                "dispatch: {leases: {zebra: 1s}} | 1: dispatch.leases.zebra: unknown key (known: heartbeat, suspect, ttl, reconnectGrace, cancelGrace)",
                "listen: {port: 65536} | 1: listen.port: 65536 (expected: integer 0..65535)",
                "listen: {port: high} | 1: listen.port: high (expected: integer 0..65535)",
                "listen: {port: } | 1: listen.port: nothing (expected: integer 0..65535)",
                "listen: {port: [1]} | 1: listen.port: a list (expected: integer 0..65535)",
                "listen: 8080 | 1: listen: 8080 (expected: a mapping)",
                "insecure: yes | 1: insecure: yes (expected: true or false)",
                "dispatch: {placement: {policy: LATE}} | 1: dispatch.placement.policy: LATE (expected: one of late, seed, random)",
                "dispatch: {placement: {ageBound: 0}} | 1: dispatch.placement.ageBound: 0 (expected: integer >= 1)",
                "dispatch: {placement: {rent: -1}} | 1: dispatch.placement.rent: -1 (expected: a number >= 0)",
                "dispatch: {placement: {tieBand: .nan}} | 1: dispatch.placement.tieBand: .nan (expected: a number >= 0)",
                "dispatch: {placement: {popularityWindow: 0}} | 1: dispatch.placement.popularityWindow: 0 (expected: a number > 0)",
                "dispatch: {leases: {ttl: 10}} | 1: dispatch.leases.ttl: 10 (expected: a duration such as 200ms, 2s or 5m, at least 1ms)",
                "dispatch: {limits: {taskBytes: 2GiB}} | 1: dispatch.limits.taskBytes: 2GiB (expected: a size such as 64KB or 16MiB, from 1 to 16777216 bytes)",
                "dispatch: {limits: {attempts: 0}} | 1: dispatch.limits.attempts: 0 (expected: integer 1..100)",
                "dispatch: {leases: {suspect: 2s}} | 1: dispatch.leases.suspect: 2s (expected: longer than heartbeat, 2s)",
                "dispatch: {leases: {ttl: 1500ms, suspect: 3s}} | 1: dispatch.leases.ttl: 1500ms (expected: longer than suspect, 3s)",
                "dispatch: {limits: {deadline: 20m}} | 1: dispatch.limits.maxDeadline: 10m (expected: >= deadline, 20m)",
                "dispatch: {limits: {pendingPerLabel: 20001}} | 1: dispatch.limits.pending: 20000 (expected: >= pendingPerLabel, 20001)",
                "dispatch: {auth: {workers: {tokenFile: w.token}}} | 1: dispatch.auth.workers: a mapping (expected: a list)",
                "dispatch: {auth: {workers: [w.token]}} | 1: dispatch.auth.workers[0]: w.token (expected: a mapping)",
                "dispatch: {auth: {workers: [{tokenFile: none}]}} | 1: dispatch.auth.workers[0].tokenFile: none (expected: a readable file that holds one token)",
                "dispatch: {auth: {clients: [{tokenFile: c.token}]}} | 1: dispatch.auth.clients[0].tenant: missing (expected: a name)",
                "dispatch: {models: {sources: [{dir: none}]}} | 1: dispatch.models.sources[0].dir: none (expected: a folder)",
                "dispatch: {models: {sources: [{}]}} | 1: dispatch.models.sources[0].dir: missing (expected: a folder, or maven: {repository: local})",
                "dispatch: {models: {sources: [{maven: {repository: other}}]}} | 1: dispatch.models.sources[0].maven.repository: other (expected: local)",
                "pools: {a: {dispatch: true}, b: {dispatch: true}} | 1: pools.b.dispatch: true (expected: false, as pool a has the workers)",
                "pools: {a: {}} | 1: pools.a.backends: missing (expected: at least one backend, or dispatch: true)",
                "'insecure: true\ninsecure: false' | 2: insecure: given twice (first in line 1)",
                "{[a]: 1} | 1: a key that is not a word",
            })
    void wrongKeyOrValueIsNamedWithItsLine(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(folder.resolve("headgate.yaml") + ":" + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "autoscale: {}",
                "dispatch: {store: {kind: memory}}",
                "dispatch: {webhooks: {allow: []}}",
                "dispatch: {auth: {mtls: on}}",
                "dispatch: {placement: {prefetch: true}}",
                "dispatch: {placement: {pins: {m: [w]}}}",
                "dispatch: {models: {sources: [{hub: {url: u}}]}}",
                "dispatch: {models: {sources: [{converter: {url: u}}]}}"
            })
    void keyOfAFeatureThatIsMissingIsRefusedByName(String yaml) {
        assertThat(problems(yaml)).singleElement().asString().contains(": not built yet (");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | : empty (expected: keys such as listen: {port: 8080})",
                "'# only a comment' | : empty (expected: keys such as listen: {port: 8080})",
                "[1, 2] | :1: not a mapping (expected: keys such as listen: {port: 8080})",
                "'a: b: c' | :1: not YAML: mapping values are not allowed here",
                "'a: {b' | :1: not YAML: expected ',' or '}', but got <stream end>",
                "'a: &x [1]\nb: *x' | :2: an alias (expected: none; a value that begins with * is quoted)",
                "'a: 1\n---\nb: 2' | :2: a second document (expected: one)",
            })
    void textThatIsNoConfigurationIsAnsweredInOneSentence(String yaml, String problem) {
        assertThat(problems(yaml)).containsExactly(folder.resolve("headgate.yaml") + problem);
    }

    @Test
    void bombOfAliasesIsRefusedAtOnce() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            yaml.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(problems(yaml.toString())).singleElement().asString().contains(":2: an alias (expected: none");
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(problems("a: " + "[".repeat(10_000)))
                .singleElement()
                .asString()
                .contains("not YAML: ");
    }

    @Test
    void fileThatCannotBeReadIsNamed() throws IOException {
        Path missing = folder.resolve("missing.yaml");
        assertThat(problems(missing)).containsExactly(missing + ": no such file");
        assertThat(problems(folder)).containsExactly(folder + ": a folder (expected: a file)");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(problems(binary)).containsExactly(binary + ": not UTF-8 text");
        Path huge = Files.write(folder.resolve("huge"), new byte[2 << 20]);
        assertThat(problems(huge)).containsExactly(huge + ": 2097152 bytes (expected: at most 1 MiB)");
    }

    @Test
    void allProblemsAreReportedInTheOrderOfTheFile() {
        assertThat(problems("dispatch:\n  limits: {attempts: x}\nlisten: {port: y}\nzzz: 1\n"))
                .satisfiesExactly(
                        first -> assertThat(first).contains(":2: dispatch.limits.attempts: x"),
                        second -> assertThat(second).contains(":3: listen.port: y"),
                        third -> assertThat(third).contains(":4: zzz: unknown key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.5", "gate.example", "localhost.example"})
    void openListenerWithoutTokensStopsTheStart(String host) {
        String refusal = "(expected: a loopback address, or tokens in dispatch.auth.workers and dispatch.auth.clients,"
                + " or insecure: true)";
        assertThat(problems("listen: {host: '" + host + "'}"))
                .containsExactly(folder.resolve("headgate.yaml") + ":1: listen.host: " + host + " " + refusal);
        assertThat(read("insecure: true\nlisten: {host: '" + host + "'}\n").insecure())
                .isTrue();
    }

    @Test
    void openListenerIsReportedAmongOtherProblems() {
        assertThat(problems("listen: {host: 0.0.0.0}\nzzz: 1\n"))
                .satisfiesExactly(
                        first -> assertThat(first).contains(":1: listen.host: 0.0.0.0"),
                        second -> assertThat(second).contains(":2: zzz: unknown key"));
    }

    @Test
    void wrongTokenFileIsNotReportedTwice() {
        assertThat(problems("listen: {host: 0.0.0.0}\ndispatch: {auth: {workers: [{tokenFile: none}]}}\n"))
                .singleElement()
                .asString()
                .contains("workers[0].tokenFile: none");
    }

    @Test
    void tokensForOneDoorOnlyDoNotOpenTheListener() {
        assertThat(problems("listen: {host: 0.0.0.0}\ndispatch: {auth: {workers: [{tokenFile: w.token}]}}\n"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.8.8.8", "::1"})
    void loopbackListenerNeedsNoTokens(String host) {
        assertThat(read("listen: {host: '" + host + "'}").listen().host()).isEqualTo(host);
    }

    @Test
    void flagThatOpensTheListenerIsHeldToTheSameRule() {
        ConfigException refusal =
                catchThrowableOfType(ConfigException.class, () -> ServeConfigReader.defaults(EVERYWHERE));
        assertThat(refusal.problems()).singleElement().asString().startsWith("--host: 0.0.0.0 (expected: a loopback");
        assertThat(ServeConfigReader.read(write("insecure: true"), EVERYWHERE).listen())
                .isEqualTo(new ListenConfig("0.0.0.0", 0));
    }

    @Test
    void damagedFilesGiveProblemsAndNoOtherException() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = COMPLETE.getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(9, 127);
            }
            String damaged = new String(bytes, StandardCharsets.UTF_8);
            try {
                assertThat(read(damaged)).isNotNull();
            } catch (ConfigException e) {
                assertThat(e.problems()).as("seed %d:%n%s", seed, damaged).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ":\n" + damaged, e);
            }
        }
    }

    private ServeConfig read(String yaml) {
        return ServeConfigReader.read(write(yaml), ListenFlags.NONE);
    }

    private List<String> problems(String yaml) {
        return problems(write(yaml));
    }

    private static List<String> problems(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> ServeConfigReader.read(file, ListenFlags.NONE))
                .problems();
    }

    private Path write(String yaml) {
        try {
            return Files.writeString(folder.resolve("headgate.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
