package dev.headgate.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceFacts;
import dev.headgate.lab.trace.TraceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadsTest {
    private final Workloads workloads = new Workloads(Optional.empty(), TraceFiles.guessing(), Spread.AUTO);

    @TempDir
    private Path folder;

    @Test
    void theSameSeedGivesTheSameRequests() {
        for (String name : List.of("W2", "W3", "W5", "W6", "W7", "W9")) {
            Workload workload = workloads.named(name).get(0);
            Trace once = workload.offered(3, 2);
            Trace again = workload.offered(3, 2);
            assertThat(again.arrivals()).as(name).isEqualTo(once.arrivals());
            assertThat(again.allUnits()).as(name).isEqualTo(once.allUnits());
            assertThat(workload.offered(4, 2).arrivals()).as(name).isNotEqualTo(once.arrivals());
        }
    }

    @Test
    void chatsShareTheirSystemPromptsAndGrow() {
        Trace trace = one("W2");
        int conversations = (int) IntStream.range(0, trace.size())
                .mapToObj(trace::session)
                .distinct()
                .count();
        assertThat((double) trace.size() / conversations).isCloseTo(6, within(0.5));
        assertThat(trace.isClosed()).isFalse();
        for (int r = 0; r < trace.size(); r++) {
            int next = trace.following(r);
            if (next != Trace.NONE) {
                assertThat(trace.input(next)).isGreaterThan(trace.input(r) + trace.output(r));
                int whole = trace.input(r) / trace.unitTokens();
                assertThat(trace.unit(next, whole - 1)).isEqualTo(trace.unit(r, whole - 1));
            }
        }
    }

    @Test
    void agentsWaitForTheirAnswers() {
        Trace trace = one("W3");
        long first = IntStream.range(0, trace.size())
                .filter(r -> trace.arrival(r) != Trace.AFTER_ANSWER)
                .peek(r -> assertThat(trace.arrival(r)).isBetween(0L, 240_000_000L))
                .count();
        assertThat(first).isEqualTo(220);
        assertThat((double) trace.size() / 220).isCloseTo(17.5, within(2.0));
        assertThat(IntStream.range(0, trace.size()).map(trace::input).max().orElse(0))
                .isBetween(50_000, 92_160);
        double think = IntStream.range(0, trace.size())
                .filter(r -> trace.arrival(r) == Trace.AFTER_ANSWER)
                .mapToLong(trace::think)
                .average()
                .orElse(0);
        assertThat(think / 1e6).isCloseTo(8, within(0.5));
    }

    @Test
    void burstsHaveTheMeanRateOfTheSteadyOne() {
        assertThat(TraceFacts.of(one("W6")).perSecond()).isCloseTo(30, within(6.0));
        assertThat(TraceFacts.of(one("W5")).perSecond()).isCloseTo(30, within(1.0));
        assertThat(busiestSecond(one("W6"))).isGreaterThan((int) (1.4 * busiestSecond(one("W5"))));
    }

    @Test
    void theFloodComesFromOneTenantAndForThreeMinutes() {
        Trace trace = one("W9");
        for (int r = 0; r < trace.size(); r++) {
            if (trace.tenant(r).equals("A")) {
                assertThat(trace.arrival(r)).isBetween(59_000_000L, 240_000_000L);
            }
        }
        assertThat(IntStream.range(0, trace.size()).mapToObj(trace::tenant)).contains("A", "B");
    }

    @Test
    void adaptersAreNamed() {
        Trace trace = one("W7");
        long models = IntStream.range(0, trace.size())
                .mapToObj(trace::model)
                .distinct()
                .count();
        assertThat(models).isEqualTo(40);
    }

    @Test
    void aMissingTraceIsNamedWithItsSource() {
        assertThatThrownBy(() -> workloads.named("W1"))
                .hasMessageContaining("mooncake_conversation_trace.jsonl.gz")
                .hasMessageContaining("kvcache-ai/Mooncake");
        assertThatThrownBy(() -> workloads.named("W10")).hasMessageStartingWith("W10 (expected: one of W1, W2");
    }

    @Test
    void filesAreMergedAfterEachIsShiftedToZero() throws IOException {
        Path a = file("a", "{\"timestamp\":5000,\"input_length\":5,\"output_length\":1,\"hash_ids\":[1]}");
        Path b = file("b", "{\"timestamp\":9000,\"input_length\":6,\"output_length\":1,\"hash_ids\":[1]}");
        Trace merged = workloads.ofFiles(List.of(a, b)).offered(1, 1);
        assertThat(merged.arrivals()).containsExactly(0, 0);
        assertThat(merged.unit(0, 0)).isNotEqualTo(merged.unit(1, 0));
    }

    @Test
    void fleetsAreGroupsOfReplicas() {
        assertThat(Fleet.parse("3", "p").size()).isEqualTo(3);
        Fleet mixed = Fleet.parse("2xp,1xp*0.5", "p");
        assertThat(mixed.replicas().get(2).speed()).isEqualTo(0.5);
        for (String bad : List.of("0", "x", "2xq", "2xp*0", "2xp*", "-1")) {
            assertThatThrownBy(() -> Fleet.parse(bad, "p")).as(bad).hasMessageContaining("(expected: ");
        }
    }

    private Trace one(String name) {
        return workloads.named(name).get(0).offered(1, 1);
    }

    private static int busiestSecond(Trace trace) {
        int[] counts = new int[(int) (trace.arrivals()[trace.size() - 1] / 1_000_000) + 1];
        for (int r = 0; r < trace.size(); r++) {
            counts[(int) (trace.arrival(r) / 1_000_000)]++;
        }
        return IntStream.of(counts).max().orElse(0);
    }

    private Path file(String name, String line) throws IOException {
        return Files.writeString(folder.resolve(name), line + "\n");
    }
}
