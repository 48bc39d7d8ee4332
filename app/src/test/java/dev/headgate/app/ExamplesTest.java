package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.app.FakeBackend.Reply;
import dev.headgate.app.FakeBackend.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the comments of the examples promise. */
class ExamplesTest {
    @TempDir
    private Path folder;

    @Test
    void everyExampleHasATest() throws IOException {
        Path examples = SourceTree.ROOT.resolve("examples");
        try (Stream<Path> files = Files.walk(examples)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> examples.relativize(file).toString())
                            .filter(name -> !name.startsWith("java-client/"))) // projects with tests of their own
                    .containsExactlyInAnyOrder(
                            "ptu-consumption.yaml",
                            "three-regions.yaml",
                            "vllm-pool.yaml",
                            "mixed-providers.yaml",
                            "model-fallback.yaml",
                            "script.jsonl",
                            "routers/ThroughputAwareRouter.java",
                            "routers/UniformRouter.java");
        }
    }

    @Test
    void throttledPtuIsLeftAloneAndConsumptionAnswersAtOnce() throws Exception {
        try (Fakes fakes = Fakes.serve("ptu-consumption", folder)) {
            fakes.backend("ptu").then(Reply.throttled(30));
            Answer spilled = fakes.azureChat("gpt-4o");
            assertThat(spilled.status()).isEqualTo(200);
            assertThat(spilled.header("x-headgate-backend")).isIn("east", "west");
            assertThat(spilled.header("x-headgate-attempts")).isEqualTo("2");
            assertThat(fakes.azureChat("gpt-4o").header("x-headgate-backend")).isIn("east", "west");
            assertThat(fakes.backend("ptu").requests()).singleElement().satisfies(request -> {
                assertThat(request.target())
                        .isEqualTo("/openai/deployments/gpt-4o-ptu/chat/completions?api-version=2024-10-21");
                assertThat(request.headers()).containsEntry("api-key", "ptu_key");
            });
        }
    }

    @Test
    void regionOverseasServesOnlyWhenBothNearOnesAreOut() throws Exception {
        try (Fakes fakes = Fakes.serve("three-regions", folder)) {
            assertThat(fakes.azureChat("gpt-4o").header("x-headgate-backend")).isIn("sweden", "france");
            fakes.backend("sweden").then(Reply.error(503, "server_error"));
            fakes.backend("france").then(Reply.error(503, "server_error"));
            assertThat(fakes.azureChat("gpt-4o").header("x-headgate-backend")).isEqualTo("virginia");
        }
    }

    @Test
    void callersLearnTheSoonestTimeAtWhichARegionIsBack() throws Exception {
        try (Fakes fakes = Fakes.serve("three-regions", folder)) {
            fakes.backend("sweden").then(Reply.throttled(44));
            fakes.backend("france").then(Reply.throttled(20));
            fakes.backend("virginia").then(Reply.throttled(70));
            Answer answer = fakes.azureChat("gpt-4o");
            assertThat(answer.status()).isEqualTo(429);
            // 20 s, spread by up to a fifth.
            assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(19, 24);
            assertThat(fakes.azureChat("gpt-4o").status()).isEqualTo(429);
            assertThat(fakes.backend("virginia").requests()).hasSize(1);
        }
    }

    @Test
    void replicaThatKeepsFailingIsEjected() throws Exception {
        try (Fakes fakes = Fakes.serve("vllm-pool", folder)) {
            for (int i = 0; i < 100; i++) {
                fakes.backend("gpu-1").then(Reply.error(500, "server_error"));
            }
            for (int i = 0; i < 60; i++) {
                assertThat(fakes.chat("llama").status()).isEqualTo(200);
            }
            assertThat(fakes.backend("gpu-1").requests()).hasSize(3);
        }
    }

    @Test
    void streamThatBreaksOffIsContinuedByAnotherReplica() throws Exception {
        try (Fakes fakes = Fakes.serve("vllm-pool", folder)) {
            Reply cut = Reply.events(List.of(delta("Hello "), delta("wor")));
            Reply rest = Reply.events(List.of(delta("ld"), end(), "[DONE]"));
            List<String> ids = List.of("gpu-1", "gpu-2", "gpu-3");
            ids.forEach(id -> fakes.backend(id).then(cut, rest));
            Answer answer = fakes.streamedChat("llama");
            assertThat(answer.status()).isEqualTo(200);
            List<Request> second = ids.stream()
                    .flatMap(id -> fakes.backend(id).requests().stream())
                    .filter(request -> request.body().contains("continue_final_message"))
                    .toList();
            assertThat(second)
                    .as(answer.body())
                    .singleElement()
                    .satisfies(request -> assertThat(request.body()).contains("Hello wor"));
        }
    }

    @Test
    void providerWhoseAccountIsExhaustedIsReplacedByTheNext() throws Exception {
        try (Fakes fakes = Fakes.serve("mixed-providers", folder)) {
            fakes.backend("azure").then(Reply.error(429, "insufficient_quota"));
            fakes.backend("openai").then(Reply.error(401, "invalid_api_key"));
            Answer answer = fakes.chat("gpt-4o");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-headgate-trail"))
                    .matches("azure=429/\\d+ms,openai=401/\\d+ms,other=200/\\d+ms");
            assertThat(fakes.chat("gpt-4o").header("x-headgate-backend")).isEqualTo("other");
            assertSent(fakes, "azure", "/openai/v1/chat/completions", "chat-production", "api-key", "azure_key");
            assertSent(
                    fakes, "openai", "/v1/chat/completions", "gpt-4o-2024-11-20", "authorization", "Bearer openai_key");
            assertSent(
                    fakes, "other", "/api/v1/chat/completions", "openai/gpt-4o", "authorization", "Bearer other_key");
        }
    }

    @Test
    void modelOfNoRouteIsUnknown() throws Exception {
        try (Fakes fakes = Fakes.serve("mixed-providers", folder)) {
            Answer answer = fakes.chat("gpt-5");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("model_not_found");
        }
    }

    @Test
    void smallerModelAnswersWhenTheModelFailsTwice() throws Exception {
        try (Fakes fakes = Fakes.serve("model-fallback", folder)) {
            fakes.backend("main").then(Reply.error(503, "server_error"), Reply.error(503, "server_error"));
            Answer answer = fakes.azureChat("gpt-4o");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("model").asText()).isEqualTo("model-of-spare");
            assertThat(fakes.backend("main").requests()).hasSize(2);
            assertThat(fakes.backend("spare").requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.target()).startsWith("/openai/deployments/gpt-4o-mini/"));
        }
    }

    @Test
    void conversationThatIsTooLongGoesToTheModelWithRoomForIt() throws Exception {
        try (Fakes fakes = Fakes.serve("model-fallback", folder)) {
            fakes.backend("main").then(Reply.error(400, "context_length_exceeded"));
            Answer answer = fakes.azureChat("gpt-4o");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("model").asText()).isEqualTo("model-of-large");
            assertThat(fakes.backend("main").requests()).hasSize(1);
            assertThat(fakes.backend("spare").requests()).isEmpty();
        }
    }

    private static void assertSent(
            Fakes fakes, String id, String target, String model, String header, String credential) {
        assertThat(fakes.backend(id).requests().getFirst()).satisfies(request -> {
            assertThat(request.target()).isEqualTo(target);
            assertThat(request.body()).contains("\"" + model + "\"");
            assertThat(request.headers()).containsEntry(header, credential);
        });
    }

    private static String delta(String text) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                + text + "\"},\"finish_reason\":null}]}";
    }

    private static String end() {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},"
                + "\"finish_reason\":\"stop\"}]}";
    }
}
