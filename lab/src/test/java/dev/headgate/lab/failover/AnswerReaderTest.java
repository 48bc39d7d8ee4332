package dev.headgate.lab.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.lab.provider.CanonicalAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final String FINISH = "{\"id\":\"1\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE = "{\"id\":\"1\",\"choices\":[],\"usage\":{\"total_tokens\":81}}";

    private static String token(String text) {
        return "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}".formatted(text);
    }

    private static List<String> tokens(int count) {
        return new ArrayList<>(CanonicalAnswer.TOKENS.subList(0, count).stream()
                .map(AnswerReaderTest::token)
                .toList());
    }

    private static List<String> whole() {
        List<String> events = tokens(CanonicalAnswer.TOKENS.size());
        events.addAll(List.of(FINISH, USAGE, "[DONE]"));
        return events;
    }

    private static ReceivedAnswer read(List<String> data, Reception.Ending ending) {
        return read(data.stream().map(text -> new Reception.Event("", text, 0)).toList(), 200, ending);
    }

    private static ReceivedAnswer read(List<Reception.Event> events, int status, Reception.Ending ending) {
        Map<String, String> headers = Map.of("content-type", "text/event-stream; charset=utf-8");
        return AnswerReader.read(new Reception(0, status, headers, "", events, ending, 1), true);
    }

    private static ReceivedAnswer document(String body, Reception.Ending ending) {
        Map<String, String> headers = Map.of("content-type", "application/json");
        return AnswerReader.read(new Reception(0, 200, headers, body, List.of(), ending, 1), false);
    }

    @Test
    void wholeStreamIsWholeWithoutFlaws() {
        ReceivedAnswer answer = read(whole(), Reception.Ending.CLEAN);
        assertThat(answer).isEqualTo(new ReceivedAnswer(ReceivedAnswer.Kind.WHOLE, "m", 81, List.of(), ""));
    }

    @Test
    void streamWithoutDoneOrUsageIsWholeWithFlaws() {
        List<String> events = whole();
        events.removeLast();
        events.removeLast();
        assertThat(read(events, Reception.Ending.CLEAN).flaws()).containsExactly("0 [DONE]", "no usage");
    }

    @Test
    void secondStreamAppendedIsSeen() {
        List<String> events = whole();
        events.addAll(List.of("[DONE]"));
        assertThat(read(events, Reception.Ending.CLEAN).flaws()).containsExactly("2 [DONE]", "events after [DONE]");
    }

    @Test
    void cleanEndAfterFortyTokensIsWrong() {
        ReceivedAnswer answer = read(tokens(40), Reception.Ending.CLEAN);
        assertThat(answer.kind()).isEqualTo(ReceivedAnswer.Kind.WRONG);
        assertThat(answer.note()).startsWith("truncated after");
    }

    @Test
    void brokenConnectionAfterFortyTokensIsInterrupted() {
        assertThat(read(tokens(40), Reception.Ending.BROKEN).kind()).isEqualTo(ReceivedAnswer.Kind.INTERRUPTED);
    }

    @Test
    void errorEventAfterFortyTokensIsInterrupted() {
        List<String> events = tokens(40);
        events.add("{\"error\":{\"message\":\"gone\"}}");
        assertThat(read(events, Reception.Ending.CLEAN).kind()).isEqualTo(ReceivedAnswer.Kind.INTERRUPTED);
    }

    @Test
    void doubledTextIsWrongEvenWithAnErrorAfterIt() {
        List<String> events = tokens(40);
        events.addAll(tokens(60));
        events.add("{\"error\":{\"message\":\"gone\"}}");
        ReceivedAnswer answer = read(events, Reception.Ending.CLEAN);
        assertThat(answer.kind()).isEqualTo(ReceivedAnswer.Kind.WRONG);
        assertThat(answer.note()).startsWith("doubled or garbled after");
    }

    @Test
    void invalidJsonPassedOnIsWrong() {
        List<String> events = whole();
        events.add(30, "{\"choices\":[{");
        assertThat(read(events, Reception.Ending.CLEAN).note()).startsWith("garbage passed on");
    }

    @Test
    void noEndIsWrong() {
        assertThat(read(whole(), Reception.Ending.NEVER).kind()).isEqualTo(ReceivedAnswer.Kind.WRONG);
    }

    @Test
    void otherStatusIsRefused() {
        assertThat(read(List.of(), 502, Reception.Ending.CLEAN).kind()).isEqualTo(ReceivedAnswer.Kind.REFUSED);
    }

    @Test
    void halfADocumentIsWrongUnlessItBrokeOff() {
        String half = "{\"choices\":[{\"message\":{\"content\":\"The gate";
        assertThat(document(half, Reception.Ending.CLEAN).kind()).isEqualTo(ReceivedAnswer.Kind.WRONG);
        assertThat(document(half, Reception.Ending.BROKEN).kind()).isEqualTo(ReceivedAnswer.Kind.INTERRUPTED);
    }
}
