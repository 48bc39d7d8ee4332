package dev.headgate.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An event that is compared with the one before reads as if it were read. */
class EventTemplateTest {
    private static final List<String> SHAPES = List.of(
            "{\"id\":\"c-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}",
            "{\"id\":\"c-1\",\"choices\":[{\"index\":1,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}",
            "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"reasoning\":\"\",\"content\":\"%s\"}}],\"id\":\"late\"}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}],\"usage\":{\"prompt_tokens\":3}}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\",\"refusal\":\"no\"}}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\",\"tool_calls\":[{\"id\":\"t\"}]}}]}",
            "{\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}}",
            "{\"type\":\"response.output_text.delta\",\"delta\":\"%s\"}",
            "{\"id\":\"c-2\",\"choices\":[{\"text\":\"%s\",\"index\":0}]}",
            "{\"unknown\":\"%s\"}",
            "{\"error\":{\"message\":\"%s\"}}");

    private static final List<String> TEXTS =
            List.of(" the", "a", "", "é", "\\n\\\"", "\\u00e9", "\"", "\\", "\\x", "\t", "long".repeat(600), "\"}");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatFitsReadsTheSame(long seed) {
        Random random = new Random(seed);
        EventScan used = new EventScan();
        String shape = SHAPES.get(0);
        int equal = 0;
        for (int i = 0; i < 20_000; i++) {
            shape = random.nextInt(4) == 0 ? SHAPES.get(random.nextInt(SHAPES.size())) : shape;
            ByteBuffer event = damaged(shape.formatted(TEXTS.get(random.nextInt(TEXTS.size()))), random);
            int offset = event.position();
            EventScan fresh = new EventScan();
            boolean expected = fresh.read(event, offset, event.limit());

            assertThat(used.read(event, offset, event.limit()))
                    .as("seed %d, event %d: %s", seed, i, StandardCharsets.UTF_8.decode(event.duplicate()))
                    .isEqualTo(expected);
            if (expected) {
                assertThat(facts(used)).as("seed %d, event %d", seed, i).isEqualTo(facts(fresh));
                equal++;
            }
        }
        assertThat(equal).isGreaterThan(5_000);
    }

    /** One in five has a byte changed, one in ten is cut short; each lies somewhere else in its buffer. */
    private static ByteBuffer damaged(String event, Random random) {
        byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(5) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) (32 + random.nextInt(96));
        }
        int length = random.nextInt(10) == 0 ? random.nextInt(bytes.length) : bytes.length;
        int offset = random.nextInt(9);
        ByteBuffer buffer = random.nextBoolean()
                ? ByteBuffer.allocate(offset + length)
                : ByteBuffer.allocateDirect(offset + length);
        buffer.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return buffer.position(offset).put(bytes, 0, length).position(offset);
    }

    private static List<Object> facts(EventScan scan) {
        StringBuilder pieces = new StringBuilder();
        for (int i = 0; i < scan.pieces; i++) {
            pieces.append(scan.pieceChannel(i))
                    .append(':')
                    .append(scan.pieceFrom(i))
                    .append('-')
                    .append(scan.pieceTo(i));
        }
        return List.of(
                scan.type,
                pieces.toString(),
                scan.idFrom,
                scan.idTo,
                scan.isError,
                scan.isToken,
                scan.hasOther,
                scan.hasRole,
                scan.isForeign,
                scan.finished,
                scan.highestChoice,
                scan.promptTokens,
                scan.completionTokens);
    }
}
