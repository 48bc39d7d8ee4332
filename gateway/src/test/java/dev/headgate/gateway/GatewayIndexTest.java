package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.signal.PromptReader;
import dev.headgate.core.signal.SignalSettings;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool knows of its backends' caches beside the prompts that it sent there. */
@ExtendWith(CleanLogs.class)
class GatewayIndexTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String EVENTS = "/admin/pools/main/kv-events";
    private static final int CONVERSATIONS = 12;

    private static FailoverSettings routed(boolean indexesAnswers) {
        SignalSettings d = SignalSettings.DEFAULTS;
        return AdminGateway.routed(
                "marginal-cost",
                PoolSettings.DEFAULTS,
                new SignalSettings(d.engine(), d.statsPeriod(), d.statsTimeout(), indexesAnswers));
    }

    /** Returns a model that tells a long story about whatever it is asked first. */
    private static ScriptedUpstream storyteller() {
        return new ScriptedUpstream((request, line) -> {
            String about = request.text().replaceAll("(?s).*\"about (\\d+)\".*", "$1");
            if (request.text().contains("\"stream\":true")) {
                line.stream();
                for (String word : story(about).split("(?<= )", -1)) {
                    line.token(word);
                }
                line.finish();
            } else {
                line.answer(
                        200,
                        "application/json",
                        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + story(about)
                                + "\"},\"finish_reason\":\"stop\"}]}");
            }
        });
    }

    private static String story(String about) {
        return ("Once upon a time there was " + about + ", who said \\\"hé\\\"\\n").repeat(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answerThatTheNextTurnRepeatsDrawsItToWhereItWasMade(boolean streams) {
        try (ScriptedUpstream a = storyteller();
                ScriptedUpstream b = storyteller();
                ScriptedUpstream c = storyteller();
                AdminGateway gateway =
                        AdminGateway.start(RelayPlan.over(a, b, c).asEquals().settings(routed(true)))) {
            for (int i = 0; i < CONVERSATIONS; i++) {
                String first = backend(gateway, turn(i, streams, false));
                assertThat(backend(gateway, turn(i, streams, true))).isEqualTo(first);
            }
        }
    }

    @Test
    void answersDrawNobodyIfTheyAreNotIndexed() {
        try (ScriptedUpstream a = storyteller();
                ScriptedUpstream b = storyteller();
                ScriptedUpstream c = storyteller();
                AdminGateway gateway =
                        AdminGateway.start(RelayPlan.over(a, b, c).asEquals().settings(routed(false)))) {
            int returned = 0;
            for (int i = 0; i < CONVERSATIONS; i++) {
                String first = backend(gateway, turn(i, false, false));
                returned += backend(gateway, turn(i, false, true)).equals(first) ? 1 : 0;
            }
            assertThat(returned).isLessThan(CONVERSATIONS);
        }
    }

    private static String turn(int conversation, boolean streams, boolean isSecond) {
        return "{\"model\":\"m\"" + (streams ? ",\"stream\":true" : "")
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"about " + conversation + "\"}"
                + (isSecond
                        ? ",{\"role\":\"assistant\",\"content\":\"" + story(Integer.toString(conversation))
                                + "\"},{\"role\":\"user\",\"content\":\"go on\"}"
                        : "")
                + "]}";
    }

    private static String backend(AdminGateway gateway, String body) {
        HttpResponse<String> answer = gateway.gateway().post(CHAT, body);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.headers().firstValue("x-headgate-backend").orElse("");
    }

    @Test
    void cacheIsWhatItsEventsSay() {
        String body = AdminGateway.body("what is in the cache of somebody? ".repeat(400));
        Prompt prompt = new PromptReader().read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), "m");
        String hashes = IntStream.range(0, prompt.blocks())
                .mapToObj(i -> Long.toString(prompt.block(i)))
                .collect(Collectors.joining(","));
        try (ScriptedUpstream a = ScriptedUpstream.json(200, "{\"choices\":[]}");
                ScriptedUpstream b = ScriptedUpstream.json(200, "{\"choices\":[]}");
                AdminGateway gateway =
                        AdminGateway.start(RelayPlan.over(a, b).asEquals().settings(routed(true)))) {
            for (String holder : List.of("b2", "b1", "b2")) {
                String other = holder.equals("b1") ? "b2" : "b1";
                HttpResponse<String> told = gateway.post(
                        EVENTS,
                        "{\"backend\":\"" + holder + "\",\"event\":\"stored\",\"hashes\":[" + hashes + "]}\n\n"
                                + "{\"backend\":\"" + other + "\",\"event\":\"removed\",\"hashes\":[" + hashes + "]}\n"
                                + "{\"backend\":\"" + other + "\",\"event\":\"cleared\"}\n");
                assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
                assertThat(TestGateway.json(told))
                        .isEqualTo(TestGateway.json("{\"stored\":1,\"removed\":1,\"cleared\":1}"));
                assertThat(backend(gateway, body)).isEqualTo(holder);
                while (gateway.gateway().server().backends().stream().anyMatch(each -> each.inFlight() > 0)) {
                    Thread.onSpinWait(); // what the answer taught is older than the next events
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | line 2: no JSON (expected: {",
                "[1] | line 2: not an object (expected: {",
                "{\"backend\":\"b9\",\"event\":\"cleared\"} | line 2: backend: b9 (expected: a backend of the pool)",
                "{\"event\":\"cleared\"} | line 2: backend: missing (expected: a backend of the pool)",
                "{\"backend\":\"b1\",\"event\":\"stord\"} | line 2: event: stord (expected: stored, removed or cleared)",
                "{\"backend\":\"b1\"} | line 2: event: missing (expected: stored, removed or cleared)",
                "{\"backend\":\"b1\",\"event\":\"stored\"} | line 2: hashes: missing (expected: a list of integers",
                "{\"backend\":\"b1\",\"event\":\"stored\",\"hashes\":[]} | line 2: hashes: [] (expected: a list",
                "{\"backend\":\"b1\",\"event\":\"removed\",\"hashes\":[1,2.5]} | line 2: hashes[1]: 2.5 (expected: an integer",
                "{\"backend\":\"b1\",\"event\":\"removed\",\"hashes\":[99999999999999999999]} | line 2: hashes[0]: 99999999999999999999 (expected",
                "{\"backend\":\"b1\",\"event\":\"cleared\",\"hashes\":[1]} | line 2: hashes: given (expected: none",
                "{\"backend\":\"b1\",\"event\":\"cleared\",\"block\":1} | line 2: block: unknown key (expected: backend, event, hashes)"
            })
    void badEventIsNamedAndNoneCounts(String line, String sentence) {
        try (ScriptedUpstream a = ScriptedUpstream.json(200, "{}");
                AdminGateway gateway = AdminGateway.start(RelayPlan.over(a).settings(routed(true)))) {
            HttpResponse<String> told =
                    gateway.post(EVENTS, "{\"backend\":\"b1\",\"event\":\"cleared\"}\n" + line + "\n");
            assertThat(told.statusCode()).isEqualTo(400);
            assertThat(TestGateway.json(told).path("error").asText()).startsWith(sentence);
            HttpResponse<String> elsewhere = gateway.post("/admin/pools/none/kv-events", "");
            assertThat(elsewhere.statusCode()).isEqualTo(404);
            assertThat(elsewhere.body()).contains("/admin/pools/{pool}/kv-events, of a pool with a router");
        }
    }
}
