package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.Prompt;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PromptReaderTest {
    private static final String LONG = "lorem ipsum ".repeat(100);

    private final PromptReader reader = new PromptReader();

    @Test
    void nextTurnBeginsAsTheLastOneEnded() {
        String first =
                "{\"role\":\"system\",\"content\":\"" + LONG + "\"},{\"role\":\"user\",\"content\":\"" + LONG + "\"}";
        Prompt turn = read("{\"model\":\"m\",\"messages\":[" + first + "]}");
        Prompt next = read("{\"messages\":[" + first + ",{\"role\":\"assistant\",\"content\":\"" + LONG
                + "\"}],\"temperature\":1,\"model\":\"m\"}");
        assertThat(turn.blocks()).isEqualTo((2 * LONG.length() + 10) / 256);
        assertThat(next.blocks()).isGreaterThan(turn.blocks());
        for (int i = 0; i < turn.blocks(); i++) {
            assertThat(next.block(i)).isEqualTo(turn.block(i));
        }
        assertThat(next.tokens()).isEqualTo((3 * LONG.length() + 19 + 3) / 4);
    }

    @Test
    void promptWithItsAnswerIsTheBeginOfTheNextTurn() {
        String first = "{\"role\":\"user\",\"content\":\"" + LONG + "\"}";
        read("{\"messages\":[" + first + "]}");
        PromptTail tail = reader.tail();
        Prompt next = read("{\"messages\":[" + first + ",{\"role\":\"assistant\",\"content\":\"" + LONG + LONG
                + "\"},{\"role\":\"user\",\"content\":\"go on\"}]}");

        Prompt extended = tail.with(ascii("assistant"), ascii(LONG), ascii(LONG));

        assertThat(extended.blocks()).isGreaterThan(tail.prompt().blocks() + 5);
        for (int i = 0; i < extended.blocks(); i++) {
            assertThat(extended.block(i)).isEqualTo(next.block(i));
        }
    }

    @Test
    void answerToAPromptBeyondTheLimitAddsNothing() {
        read("{\"prompt\":\"" + LONG.repeat(PromptHasher.MAX_TOKENS * 4 / LONG.length() + 1) + "\"}");
        PromptTail tail = reader.tail();
        assertThat(tail.with(ascii(LONG)).blocks()).isEqualTo(tail.prompt().blocks());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void toolsComeFirstWhereverTheyStand() {
        String tools = "\"tools\":[{\"type\":\"function\",\"name\":\"" + LONG + "\"}]";
        String messages = "\"messages\":[{\"content\":\"" + LONG + "\",\"role\":\"user\"}]";
        assertThat(read("{" + tools + "," + messages + "}")).isEqualTo(read("{" + messages + "," + tools + "}"));
        assertThat(read("{" + messages + "}").block(0))
                .isNotEqualTo(read("{" + tools + "," + messages + "}").block(0));
    }

    @Test
    void otherModelsAndSaltsShareNothing() {
        String body = "{\"prompt\":\"" + LONG + "\"}";
        String salted = "{\"prompt\":\"" + LONG + "\",\"cache_salt\":\"x\"}";
        assertThat(read(body).block(0)).isNotEqualTo(read(salted).block(0));
        assertThat(read(body).block(0))
                .isNotEqualTo(reader.read(bytes(body), "other").block(0));
        assertThat(read(body).block(0))
                .isEqualTo(read("{\"input\":\"" + LONG + "\"}").block(0));
    }

    @Test
    void partsOfAContentCountAsTheyStand() {
        String parts = "[{\"type\":\"text\",\"text\":\"" + LONG
                + "\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}]";
        Prompt prompt = read("{\"messages\":[{\"role\":\"user\",\"content\":" + parts + "}]}");
        assertThat(prompt.tokens()).isEqualTo((parts.length() + 4 + 3) / 4);
    }

    @Test
    void whatIsNoJsonHasOnlyALength() {
        Prompt prompt = read("{\"messages\":[{\"role\":\"user\",\"content\":\"" + LONG);
        assertThat(prompt.blocks()).isZero();
        assertThat(prompt.tokens()).isPositive();
        assertThat(read("[1]").tokens()).isZero();
    }

    private Prompt read(String body) {
        return reader.read(bytes(body), "m");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
