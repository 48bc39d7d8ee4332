package dev.headgate.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend.Prefill;
import dev.headgate.core.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StreamRecoveryTest {
    private static final Pattern CONTENT = Pattern.compile("\"(?:content|text)\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

    private final CallerSide caller = new CallerSide();
    private final StreamDelivery delivery = new StreamDelivery(StreamFamily.CHAT, 1, 65_536);

    @Test
    void replayIsInvisibleWhereverTheFirstStreamWasCutAndHoweverTheSecondIsChunked() {
        List<String> units =
                List.of("a", "b", "\\n", "\u00e9", "\\u00e9", "\ud83d\ude00", "\\ud83d\\ude00", "\\\"", " ");
        Seeds.each(3000, seed -> {
            Random random = new Random(seed);
            List<String> text = new ArrayList<>();
            for (int i = random.nextInt(1, 30); i > 0; i--) {
                text.add(units.get(random.nextInt(units.size())));
            }
            String first = Samples.chat("first", chunks(text, random));
            String second = Samples.chat("second", chunks(text, random));
            int cut = random.nextInt(
                    first.indexOf("data: {\"id\":\"first\",\"object\":\"chat.completion.chunk\",\"choices\":[]"));
            byte[] begun = first.getBytes(StandardCharsets.UTF_8);
            CallerSide side = new CallerSide();
            StreamDelivery each = new StreamDelivery(StreamFamily.CHAT, 1, 65_536);
            StreamReader one = StreamReader.holding(each);
            side.feed(one, begun, 0, Math.min(cut, begun.length));
            if (one.broke(side) == StreamState.COMPLETE) {
                return;
            }
            StreamReader two = each.isCommitted() ? StreamReader.replaying(each) : StreamReader.holding(each);
            side.feed(two, second, random.nextInt(1, 500));
            assertThat(two.ended(side)).isEqualTo(StreamState.COMPLETE);
            assertThat(text(side.received())).isEqualTo(text(first));
            assertThat(side.received())
                    .containsOnlyOnce("[DONE]")
                    .containsOnlyOnce("\"role\"")
                    .containsOnlyOnce("stop");
            if (side.received().contains("first")) {
                assertThat(side.received()).doesNotContain("second");
            }
            assertThat(each.isCommitted()).isTrue();
        });
    }

    private static List<String> chunks(List<String> units, Random random) {
        List<String> chunks = new ArrayList<>();
        for (int from = 0; from < units.size(); ) {
            int to = Math.min(units.size(), from + random.nextInt(1, 5));
            chunks.add(String.join("", units.subList(from, to)));
            from = to;
        }
        return chunks;
    }

    private static String text(String stream) {
        StringBuilder text = new StringBuilder();
        Matcher matcher = CONTENT.matcher(stream);
        while (matcher.find()) {
            byte[] raw = matcher.group(1).getBytes(StandardCharsets.UTF_8);
            text.append(dev.headgate.core.request.JsonText.decode(ByteBuffer.wrap(raw), 0, raw.length));
        }
        return text.toString();
    }

    @Test
    void eventThatStraddlesTheEndIsCutAndCarriesTheFirstId() {
        begin("Hel", "lo w");
        StreamReader replay = StreamReader.replaying(delivery);
        assertThat(caller.feed(replay, Samples.role("b") + Samples.token("b", "Hello")))
                .isEqualTo(StreamState.HOLDING);
        assertThat(caller.feed(replay, Samples.token("b", " world"))).isEqualTo(StreamState.FLOWING);
        assertThat(caller.received()).endsWith(Samples.token("a", "lo w") + Samples.token("a", "orld"));
    }

    @Test
    void otherTextDiverges() {
        begin("Hello");
        StreamReader replay = StreamReader.replaying(delivery);
        assertThat(caller.feed(replay, Samples.token("b", "Help"))).isEqualTo(StreamState.DIVERGED);
        assertThat(caller.received()).endsWith(Samples.token("a", "Hello"));
    }

    @Test
    void answerThatEndsTooEarlyDiverges() {
        begin("Hello");
        StreamReader replay = StreamReader.replaying(delivery);
        assertThat(caller.feed(replay, Samples.token("b", "Hell") + Samples.finish("b")))
                .isEqualTo(StreamState.DIVERGED);
    }

    @Test
    void endMarkThatComesTooEarlyDiverges() {
        begin("Hello");
        StreamReader replay = StreamReader.replaying(delivery);
        assertThat(caller.feed(replay, Samples.token("b", "Hell") + Samples.DONE))
                .isEqualTo(StreamState.DIVERGED);
    }

    @Test
    void replayThatIsCutCanBeReplayed() {
        begin("Hello");
        StreamReader replay = StreamReader.replaying(delivery);
        caller.feed(replay, Samples.token("b", "Hello wo"));
        assertThat(replay.broke(caller)).isEqualTo(StreamState.CUT);
        StreamReader second = StreamReader.replaying(delivery);
        caller.feed(second, Samples.chat("c", List.of("Hello", " world")));
        assertThat(text(caller.received())).isEqualTo("Hello world");
        assertThat(second.state()).isEqualTo(StreamState.COMPLETE);
    }

    @Test
    void reasoningIsComparedAsWell() {
        String thought = Samples.token("a", "hmm").replace("content", "reasoning_content");
        caller.feed(StreamReader.holding(delivery), thought + Samples.token("a", "yes"));
        assertThat(delivery.canContinue()).isFalse();
        StreamReader replay = StreamReader.replaying(delivery);
        caller.feed(replay, thought + Samples.token("a", "yes sir"));
        assertThat(caller.received()).isEqualTo(thought + Samples.token("a", "yes") + Samples.token("a", " sir"));
    }

    @Test
    void sameWordsInAnotherChannelDiverge() {
        begin("hmm");
        StreamReader replay = StreamReader.replaying(delivery);
        String thought = Samples.token("a", "hmm").replace("content", "reasoning_content");
        assertThat(caller.feed(replay, thought)).isEqualTo(StreamState.DIVERGED);
    }

    @Test
    void continuationIsAppendedWithoutASecondRole() {
        begin("Hello");
        StreamReader rest = StreamReader.continuing(delivery);
        caller.feed(rest, Samples.chat("b", List.of(" wor", "ld")));
        assertThat(rest.state()).isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received())
                .isEqualTo(Samples.role("a")
                        + Samples.token("a", "Hello")
                        + Samples.token("a", " wor")
                        + Samples.token("a", "ld")
                        + Samples.finish("a")
                        + Samples.usage("a")
                        + Samples.DONE);
    }

    @Test
    void anthropicsStreamsAreReplayed() {
        StreamDelivery each = new StreamDelivery(StreamFamily.MESSAGES, 1, 65_536);
        String first = Samples.messages(List.of("Hel", "lo"));
        String begun = first.substring(0, first.indexOf("event: content_block_stop"));
        caller.feed(StreamReader.holding(each), begun);
        StreamReader replay = StreamReader.replaying(each);
        caller.feed(replay, Samples.messages(List.of("H", "ello", " world")));
        assertThat(replay.state()).isEqualTo(StreamState.COMPLETE);
        assertThat(text(caller.received())).isEqualTo("Hello world");
        assertThat(caller.received())
                .containsOnlyOnce("event: message_start")
                .containsOnlyOnce("event: content_block_start");
    }

    @Test
    void toolCallsCannotBeRecovered() {
        caller.feed(
                StreamReader.holding(delivery),
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n");
        assertThat(delivery.canReplay()).isFalse();
    }

    @Test
    void severalChoicesCannotBeRecovered() {
        assertThat(new StreamDelivery(StreamFamily.CHAT, 2, 65_536).canReplay()).isFalse();
    }

    @Test
    void muchTextCannotBeRecovered() {
        StreamDelivery small = new StreamDelivery(StreamFamily.CHAT, 1, 8);
        StreamReader reader = StreamReader.holding(small);
        caller.feed(reader, Samples.token("a", "12345678"));
        assertThat(small.canReplay()).isTrue();
        caller.feed(reader, Samples.token("a", "9"));
        assertThat(small.canReplay()).isFalse();
    }

    @Test
    void firstStreamsIdIsKeptThroughout() {
        begin("x");
        caller.feed(StreamReader.replaying(delivery), Samples.chat("b", List.of("x", "y")));
        Matcher ids = ID.matcher(caller.received());
        while (ids.find()) {
            assertThat(ids.group(1)).isEqualTo("a");
        }
    }

    @Test
    void continuationCarriesTheTextAsEachBackendWantsIt() {
        begin("Say \\\"hi\\\"\\n");
        String asked = "{\"messages\":[{\"role\":\"user\",\"content\":\"]}\"}],\"model\":\"m\"} ";
        String said = "{\"role\":\"assistant\",\"content\":\"Say \\\"hi\\\"\\u000a\"";
        String before = "{\"messages\":[{\"role\":\"user\",\"content\":\"]}\"}," + said;
        assertThat(continued(asked, Prefill.LAST_ASSISTANT)).isEqualTo(before + "}],\"model\":\"m\"} ");
        assertThat(continued(asked, Prefill.MISTRAL)).isEqualTo(before + ",\"prefix\":true}],\"model\":\"m\"} ");
        assertThat(continued(asked, Prefill.VLLM))
                .isEqualTo(before
                        + "}],\"model\":\"m\",\"continue_final_message\":true,\"add_generation_prompt\":false} ");
        assertThat(delivery.continuation(bytes(asked), Prefill.NONE)).isEmpty();
        assertThat(delivery.continuation(bytes("{\"input\":1}"), Prefill.VLLM)).isEmpty();
        assertThat(delivery.continuation(bytes("nonsense"), Prefill.VLLM)).isEmpty();
    }

    private void begin(String... texts) {
        StreamReader reader = StreamReader.holding(delivery);
        caller.feed(reader, Samples.role("a"));
        for (String text : texts) {
            caller.feed(reader, Samples.token("a", text));
        }
        assertThat(reader.broke(caller)).isEqualTo(StreamState.CUT);
        assertThat(delivery.canReplay()).isTrue();
    }

    private String continued(String body, Prefill prefill) {
        return new String(delivery.continuation(bytes(body), prefill).orElseThrow(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
