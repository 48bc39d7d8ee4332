package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.gateway.ScriptedUpstream.Script;
import dev.headgate.gateway.relay.Credential;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One table of scenarios through both doors, the gateway and the client library: what both decide is the same. */
class TwoDoorsTest {
    private static final String PATH = "/v1/chat/completions";
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[]}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
    private static final String KEY = "key-of-the-backend";

    @RegisterExtension
    static final CleanLogs LOGS = new CleanLogs();

    /** What upstreams do, one after another by priority, and what is asked twice. */
    record Scenario(String name, String body, List<Script> upstreams) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Scenario of(String name, String body, Script... upstreams) {
        return new Scenario(name, body, List.of(upstreams));
    }

    private static Script answers(int status, String code, String... fields) {
        String body = "{\"error\":{\"message\":\"scripted\",\"type\":\"error\",\"code\":\"" + code + "\"}}";
        return (request, line) -> line.answer(status, "application/json", body, fields);
    }

    private static Script serves() {
        return (request, line) -> line.answer(200, "application/json", "{\"id\":\"x\",\"choices\":[]}");
    }

    private static Script streams(String... tokens) {
        return (request, line) -> {
            line.stream();
            for (String token : tokens) {
                line.token(token);
            }
            line.finish();
        };
    }

    private static Script cuts(String... tokens) {
        return (request, line) -> {
            line.stream();
            for (String token : tokens) {
                line.token(token);
            }
            line.cut();
        };
    }

    private static Script says(String raw) {
        return (request, line) -> {
            line.send(raw);
            line.cut();
        };
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(
                of("the first serves", CHAT, serves(), serves()),
                of("429 with seconds", CHAT, answers(429, "rate_limit_exceeded", "retry-after: 44"), serves()),
                of("429 with milliseconds", CHAT, answers(429, "r", "retry-after-ms: 30500"), serves()),
                of("429 without a hint", CHAT, answers(429, "rate_limit_exceeded"), serves()),
                of("429 everywhere", CHAT, answers(429, "r", "retry-after: 44"), answers(429, "r", "retry-after: 34")),
                of("429, then 500", CHAT, answers(429, "r", "retry-after: 44"), answers(500, "e")),
                of("500", CHAT, answers(500, "server_error"), serves()),
                of("500 everywhere", CHAT, answers(500, "server_error"), answers(503, "overloaded")),
                of("529", CHAT, answers(529, "overloaded_error"), serves()),
                of("400", CHAT, answers(400, "invalid_value"), serves()),
                of("404", CHAT, answers(404, "not_found"), serves()),
                of("408", CHAT, answers(408, "timeout"), serves()),
                of("401 of an own key", CHAT, answers(401, "invalid_api_key"), serves()),
                of("403 of an own key", CHAT, answers(403, "forbidden"), serves()),
                of("an exhausted account", CHAT, answers(429, "insufficient_quota", "retry-after: 1"), serves()),
                of("too much context", CHAT, answers(400, "context_length_exceeded"), serves()),
                of("a content filter", CHAT, answers(400, "content_filter"), serves()),
                of("a redirect", CHAT, answers(302, "moved", "location: /elsewhere"), serves()),
                of("told not to retry", CHAT, answers(503, "e", "x-should-retry: false"), serves()),
                of("told to retry a 400", CHAT, answers(400, "e", "x-should-retry: true"), serves()),
                of("no HTTP", CHAT, says("nonsense\r\n\r\n"), serves()),
                of(
                        "a short body",
                        CHAT,
                        says("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"id\":"),
                        serves()),
                of(
                        "a body that ends with its connection, early",
                        CHAT,
                        says("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"id\":"),
                        serves()),
                of("a stream", STREAM, streams("a", "b"), streams("c")),
                of("a stream after a 429", STREAM, answers(429, "r", "retry-after: 44"), streams("a", "b")),
                of("a stream that breaks before its first token", STREAM, cuts(), streams("a", "b")),
                of("a stream that breaks and is replayed", STREAM, cuts("a", "b"), streams("a", "b", "c")),
                of("a stream that breaks and cannot be replayed", STREAM, cuts("a", "b"), streams("c", "d")),
                of(
                        "a stream that begins with an error",
                        STREAM,
                        (request, line) -> {
                            line.stream();
                            line.event("{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}");
                            line.send("0\r\n\r\n");
                        },
                        streams("a")),
                of("a stream that breaks everywhere", STREAM, cuts("a"), cuts()));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void bothDoorsDecideAlike(Scenario scenario) {
        List<String> byGateway = throughGateway(scenario);
        List<String> byClient = throughClient(scenario);
        assertThat(byClient).isEqualTo(byGateway);
        assertThat(byGateway).hasSize(4);
    }

    private static List<String> throughGateway(Scenario scenario) {
        List<ScriptedUpstream> upstreams = start(scenario);
        RelayPlan plan = new RelayPlan();
        Credential own = Credential.apiKey(Credential.Header.API_KEY, KEY);
        upstreams.forEach(upstream -> plan.with(upstream, own, "", Map.of()));
        List<String> log = new ArrayList<>();
        try (TestGateway gateway = plan.start()) {
            for (int call = 0; call < 2; call++) {
                HttpResponse<String> answer = gateway.post(PATH, scenario.body());
                log.add(line(answer.statusCode(), name -> answer.headers().firstValue(name), answer.body()));
            }
            log.add(asked(upstreams));
            log.add(gateway.server().backends().stream()
                    .map(each -> each.backend().id().value() + "=" + each.state() + "/" + each.cause() + "/"
                            + seconds(each.retryAfterMillis()) + "/" + each.successfulCalls())
                    .toList()
                    .toString());
        } finally {
            upstreams.forEach(ScriptedUpstream::close);
        }
        return log;
    }

    private static List<String> throughClient(Scenario scenario) {
        List<ScriptedUpstream> upstreams = start(scenario);
        List<dev.headgate.client.Backend> backends = new ArrayList<>();
        for (int i = 0; i < upstreams.size(); i++) {
            backends.add(dev.headgate.client.Backend.of(
                            "http://127.0.0.1:" + upstreams.get(i).port(), i + 1)
                    .withId("b" + (i + 1))
                    .withApiKey(KEY));
        }
        List<String> log = new ArrayList<>();
        try (FailoverClient client = FailoverClient.builder().backends(backends).build()) {
            for (int call = 0; call < 2; call++) {
                log.add(sent(client, ClientRequest.post(PATH, scenario.body())));
            }
            log.add(asked(upstreams));
            log.add(client.backends().stream()
                    .map(each -> each.id() + "=" + each.state() + "/" + each.cause() + "/"
                            + seconds(each.remaining().toMillis()) + "/" + each.successfulCalls())
                    .toList()
                    .toString());
        } finally {
            upstreams.forEach(ScriptedUpstream::close);
        }
        return log;
    }

    private static String sent(FailoverClient client, ClientRequest request) {
        try (ClientResponse answer = client.send(request)) {
            String body = new String(answer.body().readAll(), StandardCharsets.UTF_8);
            return line(
                    answer.status(), name -> Optional.ofNullable(answer.fields().first(name)), body);
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** What a caller sees; waits in steps of ten seconds, as they count down meanwhile. */
    private static String line(int status, Function<String, Optional<String>> fields, String body) {
        String wait = fields.apply("retry-after-ms")
                .map(millis -> seconds(Long.parseLong(millis)))
                .orElse("-");
        return status + " by=" + fields.apply("x-headgate-backend").orElse("-") + " attempts="
                + fields.apply("x-headgate-attempts").orElse("-") + " wait=" + wait + " reason="
                + fields.apply("x-headgate-reason").orElse("-") + " retry="
                + fields.apply("x-should-retry").orElse("-") + " type="
                + fields.apply("content-type").orElse("-") + " location="
                + fields.apply("location").orElse("-") + " body=" + body;
    }

    private static String seconds(long millis) {
        return (millis + 9_999) / 10_000 + "0 s at most";
    }

    private static String asked(List<ScriptedUpstream> upstreams) {
        return upstreams.stream().map(each -> each.requests().size()).toList().toString();
    }

    private static List<ScriptedUpstream> start(Scenario scenario) {
        return scenario.upstreams().stream().map(ScriptedUpstream::new).toList();
    }
}
