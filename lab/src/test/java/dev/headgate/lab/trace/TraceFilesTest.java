package dev.headgate.lab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFilesTest {
    private static final String MOONCAKE = """
            {"timestamp": 3000, "input_length": 1000, "output_length": 0, "hash_ids": [0, 7]}
            {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 4]}
            """;

    @TempDir
    private Path folder;

    @Test
    void mooncakeIsSortedAndAnAnswerOfNothingIsOneToken() throws IOException {
        TraceFile file = TraceFiles.guessing().read(file("m.jsonl", MOONCAKE));
        Trace trace = file.trace();
        assertThat(file.format()).isEqualTo(TraceFormat.MOONCAKE);
        assertThat(file.notes()).containsExactly("times go back: sorted");
        assertThat(trace.arrivals()).containsExactly(0, 3_000_000);
        assertThat(trace.input(0)).isEqualTo(600);
        assertThat(trace.output(1)).isEqualTo(1);
        assertThat(trace.unit(0, 0)).isEqualTo(trace.unit(1, 0));
        assertThat(trace.unit(0, 1)).isNotEqualTo(trace.unit(1, 1));
    }

    @Test
    void packedFilesAreUnpackedAndNamedByTheirBytes() throws IOException {
        Path packed = folder.resolve("m.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(MOONCAKE.getBytes(StandardCharsets.UTF_8));
        }
        TraceFile file = TraceFiles.guessing().read(packed);
        assertThat(file.trace().size()).isEqualTo(2);
        assertThat(file.sha256())
                .hasSize(64)
                .isNotEqualTo(TraceFiles.guessing().read(file("m", MOONCAKE)).sha256());
    }

    @Test
    void azureTimesHaveAnyNumberOfDecimalsAndPromptsShareNothing() throws IOException {
        Path file = file("a.csv", """
                TIMESTAMP,ContextTokens,GeneratedTokens
                2023-11-16 18:17:03.9799600,600,10
                2023-11-16 18:17:05,600,8
                """);
        Trace trace = TraceFiles.guessing().read(file).trace();
        assertThat(trace.arrivals()).containsExactly(0, 1_020_040);
        assertThat(trace.units(0)).isEqualTo(2);
        assertThat(TraceFacts.of(trace).hitCeilingPercent()).isZero();
    }

    @Test
    void burstgptLeavesFailedCallsOutAndASessionSharesWhatWasSaid() throws IOException {
        Path file = file("b.csv", """
                Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type,Session ID
                5,ChatGPT,160,40,200,Conversation log,s1
                6,GPT-4,50,0,50,API log,
                9.5,ChatGPT,320,10,330,Conversation log,s1
                """);
        TraceFile read = TraceFiles.guessing().read(file);
        assertThat(read.notes()).containsExactly("1 failed calls left out");
        Trace trace = read.trace();
        assertThat(trace.arrivals()).containsExactly(0, 4_500_000);
        assertThat(trace.following(0)).isEqualTo(1);
        assertThat(trace.unit(1, 9)).isEqualTo(trace.unit(0, 9));
        assertThat(trace.model(0)).isEqualTo("ChatGPT");
    }

    @Test
    void bailianTurnsFollowTheirParents() throws IOException {
        Path file = file("q.jsonl", """
                {"chat_id":1,"parent_chat_id":-1,"timestamp":0.5,"input_length":20,"output_length":4,"type":"text","turn":1,"hash_ids":[5,6]}
                {"chat_id":2,"parent_chat_id":1,"timestamp":1.5,"input_length":40,"output_length":4,"type":"text","turn":2,"hash_ids":[5,7,8]}
                """);
        Trace trace = TraceFiles.guessing().read(file).trace();
        assertThat(trace.unitTokens()).isEqualTo(16);
        assertThat(trace.following(0)).isEqualTo(1);
        assertThat(trace.arrival(1)).isEqualTo(1_000_000);
    }

    @Test
    void turnsOfSessionsComeAfterTheirAnswers() throws IOException {
        Path file = file("s.jsonl", """
                {"session":"a","turn":0,"start_ms":2000,"tenant":"t","input_length":512,"output_length":9,"hash_ids":[1]}
                {"session":"a","turn":1,"think_ms":1500,"tenant":"t","input_length":700,"output_length":9,"hash_ids":[1,2]}
                {"session":"b","turn":0,"start_ms":1000,"input_length":512,"output_length":9,"hash_ids":[1]}
                """);
        Trace trace = TraceFiles.guessing().read(file).trace();
        assertThat(trace.isClosed()).isTrue();
        assertThat(trace.session(0)).isEqualTo("b");
        assertThat(trace.following(1)).isEqualTo(2);
        assertThat(trace.arrival(2)).isEqualTo(Trace.AFTER_ANSWER);
        assertThat(trace.think(2)).isEqualTo(1_500_000);
        assertThat(trace.tenant(2)).isEqualTo("t");
    }

    @Test
    void theOwnLogHasHashesOfFullBlocks() throws IOException {
        Path file = file("h.ndjson", """
                {"timestamp":0,"input_length":130,"output_length":9,"block_tokens":64,"hashes":["00ff","f0f0f0f0f0f0f0f0"]}
                {"timestamp":4,"input_length":100,"output_length":9,"block_tokens":64,"hashes":["00ff"]}
                """);
        Trace trace = TraceFiles.guessing().read(file).trace();
        assertThat(trace.units(0)).isEqualTo(3);
        assertThat(trace.unit(1, 0)).isEqualTo(trace.unit(0, 0));
        assertThat(trace.unit(1, 1)).isNotEqualTo(trace.unit(0, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | 1: hello (expected: a format that can be told from the first line",
                "{\"hash_ids\":[1],\"timestamp\":-1,\"input_length\":5,\"output_length\":1} | 1: timestamp: -1 (expected: a time >= 0)",
                "{\"hash_ids\":[1],\"timestamp\":\"NaN\",\"input_length\":5,\"output_length\":1} | 1: timestamp: NaN (expected: a time >= 0)",
                "{\"hash_ids\":[1],\"timestamp\":1,\"input_length\":50000000,\"output_length\":1} | 1: input_length: 50000000 (expected: tokens from 1 to 10000000)",
                "{\"hash_ids\":[1],\"timestamp\":1,\"output_length\":1} | 1: no input_length (expected: tokens from 1 to 10000000)",
                "{\"hash_ids\":[1],\"timestamp\":1,\"input_length\":513,\"output_length\":1} | 1: hash_ids: 1 of them (expected: 2, one per 512 of 513 tokens)",
                "{\"hash_ids\":[1,2,3],\"timestamp\":1,\"input_length\":513,\"output_length\":1} | 1: hash_ids: 3 of them (expected: 2",
                "{\"hash_ids\":[1.5],\"timestamp\":1,\"input_length\":5,\"output_length\":1} | 1: hash_ids: 1.5 (expected: whole numbers",
                "{\"hash_ids\":[1] | 1: {\"hash_ids\":[1] (expected: a JSON object)",
                "{\"session\":\"a\",\"turn\":1,\"think_ms\":-4,\"input_length\":5,\"output_length\":1,\"hash_ids\":[1]} | 1: session a: think_ms: -4 (expected: a time >= 0)",
                "{\"session\":\"a\",\"turn\":1,\"think_ms\":4,\"input_length\":5,\"output_length\":1,\"hash_ids\":[1]} | session a: no turn 0 (expected: turns 0 to 0)",
            })
    void aBadLineStopsTheReadingWithItsNumber(String line, String message) throws IOException {
        Path file = file("bad.jsonl", line);
        assertThatThrownBy(() -> TraceFiles.guessing().read(file))
                .isInstanceOf(BadTraceException.class)
                .hasMessageStartingWith(file + ":")
                .hasMessageContaining(message);
    }

    @Test
    void badLinesCanBeSkippedAndSurplusIdsCut() throws IOException {
        Path file = file(
                "m.jsonl",
                MOONCAKE + "nonsense\n"
                        + "{\"timestamp\":9000,\"input_length\":5,\"output_length\":1,\"hash_ids\":[3,4]}\n");
        TraceFile read = TraceFiles.guessing().skippingBadLines().read(file);
        assertThat(read.bad()).isEqualTo(1);
        assertThat(read.trace().size()).isEqualTo(3);
        assertThat(read.trace().units(2)).isEqualTo(1);
        assertThat(read.notes())
                .containsExactly(
                        "times go back: sorted", "1 bad lines left out", "1 requests with surplus block ids cut");
    }

    @Test
    void missingAndEmptyFilesAreRefused() throws IOException {
        Path empty = file("empty", "\n");
        assertThatThrownBy(() -> TraceFiles.guessing().read(empty)).hasMessageContaining(":1: an empty file");
        assertThatThrownBy(() -> TraceFiles.guessing().read(folder.resolve("none")))
                .hasMessageContaining("none: no such file");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
