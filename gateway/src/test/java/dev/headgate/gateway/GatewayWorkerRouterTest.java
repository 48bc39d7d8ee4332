package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterCode;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.gateway.admin.AdminOptions;
import dev.headgate.gateway.admin.Reload;
import dev.headgate.gateway.dispatch.DispatcherOptions;
import dev.headgate.gateway.dispatch.WorkerRouter;
import dev.headgate.gateway.dispatch.WorkerRouting;
import dev.headgate.worker.protocol.TaskSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A router chooses among workers, through the gateway. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(CleanLogs.class)
class GatewayWorkerRouterTest {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final TestGateway gateway = TestGateway.start(options -> options.withDispatcher(
                    DispatcherOptions.DEFAULTS.routedBy(new WorkerRouting("tasks", policy("least-request"))))
            .withAdmin(new AdminOptions(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    null,
                    () -> new Reload.Outcome.Reloaded(1))));

    @AfterEach
    void stop() {
        gateway.close();
        thread.close();
    }

    private static RouterSettings policy(String name) {
        return new RouterSettings(name, Map.of(), Composition.DEFAULT, "", "random", PoolSettings.DEFAULTS);
    }

    /** Returns a router that chooses in the dispatcher's context, so that a slow machine does not make it late. */
    private static RouterSettings custom(String name, RequestRouter router) {
        return custom(name, router, Runnable::run);
    }

    private static RouterSettings custom(String name, RequestRouter router, Consumer<Runnable> calls) {
        RouterCode code = () -> new RouterCode.Instance(router, calls);
        return new RouterSettings(
                name, code, Map.of(), Composition.DEFAULT, "", "random", PoolSettings.DEFAULTS, Optional.empty());
    }

    private WorkerRouter chooser() {
        return Objects.requireNonNull(gateway.server().dispatcher().chooser());
    }

    private FakeWorker holding(String id, String label) {
        return FakeWorker.join(gateway, id, hello -> hello.addModels(FakeWorker.ready(label)));
    }

    /** Runs a task that {@code worker} is to get. */
    private HttpResponse<String> run(FakeWorker worker) {
        CompletableFuture<HttpResponse<String>> answer = gateway.sleep("m", 1);
        TaskSpec task = worker.takeTask();
        worker.accept(task);
        worker.succeed(task.getLease(), "{}");
        HttpResponse<String> answered = answer.join();
        assertThat(answered.statusCode()).isEqualTo(200);
        return answered;
    }

    @Test
    void customRouterSendsAllTasksToOneWorkerUntilAnotherTakesOver() {
        try (FakeWorker first = holding("w1", "m");
                FakeWorker second = holding("w2", "m")) {
            assertThat(chooser()
                            .change(custom("last", (candidates, request, ranks) -> ranks.add(candidates.size() - 1))))
                    .isEmpty();
            for (int i = 0; i < 5; i++) {
                run(second);
            }
            assertThat(chooser().change(custom("first", (candidates, request, ranks) -> ranks.add(0))))
                    .isEmpty();
            for (int i = 0; i < 5; i++) {
                run(first);
            }
            assertThat(router().body())
                    .isEqualTo("{\"pool\":\"tasks\",\"policy\":\"first\",\"generation\":3,\"waiting\":0,"
                            + "\"failures\":0,\"from\":\"file\"}");
        }
    }

    @Test
    void routerThatThrowsFailsNoTaskAndIsCounted() {
        try (FakeWorker only = holding("w1", "m")) {
            assertThat(chooser().change(custom("thrower", (candidates, request, ranks) -> {
                        throw new IllegalStateException();
                    })))
                    .isEmpty();
            run(only);
            assertThat(admin("/metrics").body())
                    .contains("headgate_dispatch_router_failures_total{pool=\"tasks\",kind=\"exception\"} 1");
        }
    }

    @Test
    void routerThatHangsFailsNoTask() {
        try (FakeWorker only = holding("w1", "m")) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            assertThat(chooser().change(custom("hangs", (candidates, request, ranks) -> end.join(), thread::execute)))
                    .isEmpty();
            run(only);
            run(only);
            assertThat(chooser().status().failures()).isEqualTo(1);
            end.complete(null);
        }
    }

    @Test
    void oneThatDoesNotStartIsRefusedAndTheOldOneStays() {
        assertThat(chooser().change(policy("p3c")).orElse("")).contains("p3c is unknown; did you mean p2c?");
        assertThat(chooser().status().policy()).isEqualTo("least-request");
    }

    @Test
    void choiceIsExplainedToWhoAsks() {
        try (FakeWorker first = holding("w1", "m")) {
            HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/run-task"))
                    .header("x-headgate-explain", "1")
                    .POST(HttpRequest.BodyPublishers.ofString(TestGateway.task("m", "sleep", "{}")));
            CompletableFuture<HttpResponse<String>> answer =
                    CompletableFuture.supplyAsync(() -> gateway.send(request), thread);
            first.succeed(first.takeTask().getLease(), "{}");
            String decision =
                    answer.join().headers().firstValue("x-headgate-decision").orElse("");
            assertThat(decision).startsWith("tasks-");
            HttpResponse<String> explained = admin("/admin/decisions/" + decision);
            assertThat(explained.statusCode()).isEqualTo(200);
            assertThat(explained.body()).contains("least-request").contains("w1");
            assertThat(admin("/admin/decisions/tasks-999999").statusCode()).isEqualTo(404);
        }
    }

    private HttpResponse<String> router() {
        return admin("/admin/pools/tasks/router");
    }

    private HttpResponse<String> admin(String path) {
        int port = gateway.server().adminAddress().getPort();
        return gateway.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
    }
}
