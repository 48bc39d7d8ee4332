package dev.headgate.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamReaderTest {
    private static final List<StreamFamily> FAMILIES = List.of(StreamFamily.values());

    private final CallerSide caller = new CallerSide();
    private final StreamDelivery delivery = new StreamDelivery(StreamFamily.CHAT, 1, 65_536);
    private final StreamReader reader = StreamReader.holding(delivery);

    static List<Arguments> goodStreams() {
        String chat = Samples.chat();
        return List.of(
                Arguments.of(StreamFamily.CHAT, chat),
                Arguments.of(StreamFamily.CHAT, chat.replace("\n", "\r\n")),
                Arguments.of(StreamFamily.CHAT, chat.replace("\n", "\r")),
                Arguments.of(StreamFamily.CHAT, "\ufeff" + chat),
                Arguments.of(StreamFamily.CHAT, ": hello\n\n\n\n" + chat.replace("data: [", ": keepalive\n\ndata:[")),
                Arguments.of(StreamFamily.CHAT, chat.replace(",\"created\"", ",\ndata: \"created\"")),
                Arguments.of(StreamFamily.COMPLETIONS, Samples.completions()),
                Arguments.of(StreamFamily.RESPONSES, Samples.responses()),
                Arguments.of(StreamFamily.MESSAGES, Samples.messages(List.of("Hel", "lo"))),
                Arguments.of(StreamFamily.UNKNOWN, "id: 1\nevent: x\ndata: anything\ndata: at all\n\ndata\n\n"));
    }

    @ParameterizedTest
    @MethodSource("goodStreams")
    void goodStreamPassesUnchangedHoweverItIsSplitInTwo(StreamFamily family, String stream) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        for (int split = 0; split <= bytes.length; split++) {
            CallerSide side = new CallerSide();
            StreamReader each = StreamReader.holding(new StreamDelivery(family, 1, 65_536));
            side.feed(each, bytes, 0, split);
            side.feed(each, bytes, split, bytes.length);
            assertPassed(each, side, stream);
        }
    }

    @ParameterizedTest
    @MethodSource("goodStreams")
    void goodStreamPassesUnchangedWhateverTheSizeOfItsParts(StreamFamily family, String stream) {
        for (int size = 1; size < 300; size++) {
            CallerSide side = new CallerSide();
            StreamReader each = StreamReader.holding(new StreamDelivery(family, 1, 65_536));
            side.feed(each, stream, size);
            assertPassed(each, side, stream);
        }
    }

    private static void assertPassed(StreamReader each, CallerSide side, String stream) {
        assertThat(each.ended(side)).isEqualTo(StreamState.COMPLETE);
        // A reader is done at the CR that ends the end mark; the LF of its pair may come in the next buffer.
        assertThat(side.received() + (stream.endsWith("\r\n") && side.received().endsWith("\r") ? "\n" : ""))
                .isEqualTo(stream);
        assertThat(side.commits()).isEqualTo(1);
        assertThat(each.droppedEvents()).isZero();
    }

    @Test
    void nothingIsReleasedBeforeTheFirstToken() {
        assertThat(caller.feed(reader, ": hi\n\n" + Samples.role("a"))).isEqualTo(StreamState.HOLDING);
        assertThat(caller.commits()).isZero();
        assertThat(caller.feed(reader, Samples.token("a", "x"))).isEqualTo(StreamState.FLOWING);
        assertThat(caller.received()).isEqualTo(": hi\n\n" + Samples.role("a") + Samples.token("a", "x"));
        assertThat(reader.tokenEvents()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":\"x\"}",
                "{\"reasoning_content\":\"x\"}",
                "{\"reasoning\":\"x\"}",
                "{\"refusal\":\"x\"}",
                "{\"tool_calls\":[{\"index\":0}]}",
                "{\"function_call\":{\"name\":\"f\"}}",
                "{\"audio\":{\"id\":\"x\"}}"
            })
    void whatCountsAsTokenCommits(String delta) {
        assertThat(caller.feed(reader, "data: {\"choices\":[{\"delta\":" + delta + "}]}\n\n"))
                .isEqualTo(StreamState.FLOWING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"delta\":{\"content\":\"\",\"refusal\":null,\"tool_calls\":[]}}]}",
                "{\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}",
                "{\"choices\":[{\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}]}",
                "{}"
            })
    void metadataDoesNot(String data) {
        assertThat(caller.feed(reader, "data: " + data + "\n\n")).isEqualTo(StreamState.HOLDING);
    }

    @Test
    void foreignEventsPassAsTheyComeAndEndWithTheBody() {
        String stream = "data: {\"foo\":1}\n\ndata: bar\n\n";
        assertThat(caller.feed(reader, stream)).isEqualTo(StreamState.FLOWING);
        assertThat(reader.ended(caller)).isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received()).isEqualTo(stream);
        assertThat(delivery.canReplay()).isFalse();
    }

    @Test
    void usageIsReadUnderEveryFamilysNames() {
        StreamReader responses = StreamReader.holding(new StreamDelivery(StreamFamily.RESPONSES, 1, 0));
        caller.feed(responses, Samples.responses());
        assertThat(responses.usage()).isEqualTo(new Usage(9, 4));
        StreamReader messages = StreamReader.holding(new StreamDelivery(StreamFamily.MESSAGES, 1, 0));
        caller.feed(messages, Samples.messages(List.of("x")));
        assertThat(messages.usage()).isEqualTo(new Usage(9, 4));
    }

    @Test
    void anthropicsStreamWithoutItsEndMarkIsEndedForTheUpstream() {
        String stream = Samples.messages(List.of("x"));
        String begun = stream.substring(0, stream.indexOf("event: message_stop"));
        StreamReader messages = StreamReader.holding(new StreamDelivery(StreamFamily.MESSAGES, 1, 0));
        assertThat(caller.feed(messages, begun)).isEqualTo(StreamState.AWAITING_END);
        messages.silent(caller);
        assertThat(caller.received()).isEqualTo(stream);
    }

    @Test
    void finishReasonCommitsWithoutToken() {
        assertThat(caller.feed(reader, Samples.finish("a"))).isEqualTo(StreamState.AWAITING_END);
        assertThat(caller.received()).isEqualTo(Samples.finish("a"));
    }

    @Test
    void whatIsHeldIsBounded() {
        for (int i = 0; i < StreamReader.MAX_HELD_EVENTS; i++) {
            assertThat(caller.feed(reader, ": x\n\n")).isEqualTo(StreamState.HOLDING);
        }
        assertThat(caller.feed(reader, ": x\n\n")).isEqualTo(StreamState.FLOWING);
        assertThat(caller.received()).isEqualTo(": x\n\n".repeat(65));
    }

    @Test
    void bytesThatAreHeldAreBounded() {
        String comment = ":" + "x".repeat(StreamReader.MAX_HELD_BYTES) + "\n\n";
        assertThat(caller.feed(reader, comment, 1000)).isEqualTo(StreamState.FLOWING);
        assertThat(caller.received()).isEqualTo(comment);
    }

    @Test
    void loserOfARaceReleasesNothing() {
        caller.take();
        assertThat(caller.feed(reader, Samples.chat())).isEqualTo(StreamState.DROPPED);
        assertThat(caller.received()).isEmpty();
        assertThat(delivery.isCommitted()).isFalse();
    }

    @Test
    void streamWithoutEndIsCutEvenIfItEndsCleanly() {
        caller.feed(reader, Samples.role("a") + Samples.token("a", "x"));
        assertThat(reader.ended(caller)).isEqualTo(StreamState.CUT);
        assertThat(caller.received()).doesNotContain("[DONE]");
    }

    @Test
    void silenceAfterTheFinishIsEndedForTheUpstream() {
        String stream = Samples.role("a") + Samples.token("a", "x") + Samples.finish("a") + Samples.usage("a");
        assertThat(caller.feed(reader, stream)).isEqualTo(StreamState.AWAITING_END);
        assertThat(reader.silent(caller)).isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received()).isEqualTo(stream + Samples.DONE);
        assertThat(reader.usage()).isEqualTo(new Usage(9, 4));
    }

    @Test
    void resetAfterTheFinishIsEndedForTheUpstream() {
        caller.feed(reader, Samples.token("a", "x") + Samples.finish("a") + "data: {\"cho");
        assertThat(reader.broke(caller)).isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received()).isEqualTo(Samples.token("a", "x") + Samples.finish("a") + Samples.DONE);
    }

    @Test
    void silenceBeforeTheFinishEndsNothing() {
        caller.feed(reader, Samples.token("a", "x"));
        assertThat(reader.silent(caller)).isEqualTo(StreamState.FLOWING);
    }

    @Test
    void everyChoiceMustFinish() {
        StreamReader two = StreamReader.holding(new StreamDelivery(StreamFamily.CHAT, 2, 0));
        assertThat(caller.feed(two, Samples.finish("a"))).isEqualTo(StreamState.FLOWING);
        assertThat(caller.feed(two, Samples.finish("a").replace("\"index\":0", "\"index\":1")))
                .isEqualTo(StreamState.AWAITING_END);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]", "data: [DONE]\n", "data: [DONE]\r", "data: [DONE]\r\n"})
    void endMarkNeedsNoBlankLine(String end) {
        caller.feed(reader, Samples.token("a", "x") + end);
        assertThat(reader.ended(caller)).isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received()).startsWith(Samples.token("a", "x") + end).endsWith("\n");
        assertThat(caller.received().stripTrailing()).isEqualTo(Samples.token("a", "x") + "data: [DONE]");
    }

    @Test
    void damagedObjectIsACutAndNeverForwarded() {
        assertThat(caller.feed(reader, Samples.token("a", "x") + "data: {\"choices\":[{\"delta\":\n\n"))
                .isEqualTo(StreamState.CUT);
        assertThat(caller.received()).isEqualTo(Samples.token("a", "x"));
    }

    @Test
    void noiseIsDroppedAndCounted() {
        String good = Samples.token("a", "x");
        assertThat(caller.feed(reader, good + "data: <html>\n\n" + good + Samples.DONE))
                .isEqualTo(StreamState.COMPLETE);
        assertThat(caller.received()).isEqualTo(good + good + Samples.DONE);
        assertThat(reader.droppedEvents()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"error\":{\"message\":\"slow down\",\"type\":\"t\",\"code\":\"rate_limit_exceeded\"}}\n\n",
                "event: error\ndata: {\"message\":\"slow down\",\"type\":\"t\",\"code\":\"rate_limit_exceeded\"}\n\n",
                "data: {\"object\":\"error\",\"message\":\"slow down\",\"type\":\"t\",\"code\":\"rate_limit_exceeded\"}\n\n"
            })
    void errorEventEndsTheAttempt(String event) {
        assertThat(caller.feed(reader, Samples.role("a") + event)).isEqualTo(StreamState.ERROR_EVENT);
        assertThat(reader.error().code()).isEqualTo("rate_limit_exceeded");
        assertThat(reader.error().message()).isEqualTo("slow down");
        assertThat(caller.received()).isEmpty();
    }

    @Test
    void upstreamsOwnErrorIsPassedOnWithTheNameClientsLookFor() {
        String event = "data: {\"error\":{\"message\":\"no\"}}\n\n";
        caller.feed(reader, Samples.token("a", "x") + event);
        delivery.interrupt("lost", caller);
        assertThat(caller.received()).isEqualTo(Samples.token("a", "x") + "event: error\n" + event);
    }

    @Test
    void interruptionIsAnErrorEvent() {
        delivery.interrupt("a \"b\"", caller);
        assertThat(caller.received())
                .isEqualTo("event: error\ndata: {\"error\":{\"message\":\"a \\\"b\\\"\",\"type\":\"server_error\","
                        + "\"param\":null,\"code\":\"stream_interrupted\"}}\n\n");
    }

    @Test
    void failedResponseBeforeAnyTokenIsAnError() {
        StreamReader each = StreamReader.holding(new StreamDelivery(StreamFamily.RESPONSES, 1, 0));
        String failed =
                "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\"}}}\n\n";
        assertThat(caller.feed(each, failed)).isEqualTo(StreamState.ERROR_EVENT);
        assertThat(each.error().code()).isEqualTo("rate_limit_exceeded");
    }

    @Test
    void eagerReaderReleasesAtOnce() {
        StreamReader eager = StreamReader.eager(delivery);
        assertThat(caller.feed(eager, ": hi\n\n")).isEqualTo(StreamState.FLOWING);
        assertThat(caller.received()).isEqualTo(": hi\n\n");
    }

    @Test
    void onlyCommentsLeaveTheIdleTimeAlone() {
        caller.feed(reader, ": hi\n\n: part");
        assertThat(reader.sawMoreThanComments()).isFalse();
        caller.feed(reader, "ial\n\ndata: {");
        assertThat(reader.sawMoreThanComments()).isTrue();
    }

    @Test
    void eventThatNeverEndsIsCut() {
        byte[] part = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 8; i++) {
            assertThat(caller.feed(reader, part, 0, part.length)).isEqualTo(StreamState.HOLDING);
        }
        assertThat(caller.feed(reader, part, 0, part.length)).isEqualTo(StreamState.CUT);
    }

    @Test
    void garbageNeverThrows() {
        RandomGenerator random = new java.util.Random(7);
        byte[] sample = Samples.chat().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = sample.clone();
            for (int damage = 0; damage < 4; damage++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            StreamFamily family = FAMILIES.get(random.nextInt(FAMILIES.size()));
            StreamReader each = StreamReader.holding(new StreamDelivery(family, 1, 65_536));
            int split = random.nextInt(bytes.length);
            caller.feed(each, bytes, 0, split);
            caller.feed(each, bytes, split, bytes.length);
            assertThat(each.ended(caller).isFinal()).isTrue();
        }
    }
}
