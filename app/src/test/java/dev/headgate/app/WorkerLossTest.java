package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends processes of a server under load, each in every way there is. */
class WorkerLossTest {
    private static final List<String> MODELS = List.of("all-minilm-l6-v2-q", "bge-small-en-v15-q", "e5-small-v2-q");
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** What the answer of a server that is short of cores may add to a deadline. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static String config = "";

    /** How a request ended, and after how long. */
    private record Ended(Answer answer, Duration elapsed) {}

    @BeforeAll
    static void configure(@TempDir Path folder) throws Exception {
        config = Files.writeString(
                        folder.resolve("headgate.yaml"),
                        "dispatch: {limits: {deadline: " + DEADLINE.toSeconds() + "s}}\n")
                .toString();
    }

    @Test
    void killedWorkerCostsNoRequestItsAnswerAndComesBack() throws Exception {
        try (ServerProcess server = ServerProcess.start("--config", config)) {
            server.awaitWorkers(2);
            ProcessHandle victim = server.workerProcesses().getFirst();
            AtomicInteger ended = new AtomicInteger();
            List<CompletableFuture<Ended>> requests = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                requests.add(request(server, i, ended));
            }
            Eventually.until("work is under way", HeadgateProcess.PATIENCE, () -> ended.get() >= 20);
            assertThat(ended.get()).as("requests that ended before the kill").isLessThan(200);
            victim.destroyForcibly();

            for (CompletableFuture<Ended> request : requests) {
                assertThat(request.join()).satisfies(WorkerLossTest::isAResultOrOneClearErrorInTime);
            }
            String name = server.process()
                    .awaitErr("worker process ended and is started again: worker=(\\S+) exit=137")
                    .group(1);
            assertThat(server.awaitWorkers(2)).contains(name);
            awaitWorkOf(server, name);
        }
    }

    @Test
    void workerAskedToEndFailsNoRequest() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            server.awaitWorkers(2);
            ProcessHandle leaving = server.workerProcesses().getFirst();
            AtomicInteger ended = new AtomicInteger();
            List<CompletableFuture<Ended>> requests = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                requests.add(request(server, i, ended));
            }
            Eventually.until("work is under way", HeadgateProcess.PATIENCE, () -> ended.get() >= 20);
            leaving.destroy();

            for (CompletableFuture<Ended> request : requests) {
                assertThat(request.join().answer().status()).isEqualTo(200);
            }
            leaving.onExit().orTimeout(40, TimeUnit.SECONDS).join();
            server.process().awaitErr("worker process ended and is started again: worker=\\S+ exit=0 ");
            server.awaitWorkers(2);
        }
    }

    @Test
    void noWorkerOutlivesAServerThatIsKilled() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            server.awaitWorkers(2);
            List<ProcessHandle> workers = server.workerProcesses();
            assertThat(workers).hasSize(2);
            CompletableFuture<Answer> unanswered = server.embedAsync(MODELS.getFirst(), "hello");
            server.process().kill();
            Eventually.until(
                    "its workers are gone",
                    Duration.ofSeconds(10),
                    () -> workers.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(unanswered
                            .handle((answer, _) -> answer == null || answer.status() == 200)
                            .join())
                    .isTrue();
        }
    }

    @Test
    void serverAskedToEndFinishesWhatRunsAndExitsWithZero() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            server.awaitWorkers(2);
            List<ProcessHandle> workers = server.workerProcesses();
            String model = MODELS.getFirst();
            assertThat(server.embed(model, "hello").status()).isEqualTo(200);
            CompletableFuture<Answer> task = server.runTaskAsync(
                    "embed_texts", model, Map.of("texts", Collections.nCopies(40, "a long way to go ".repeat(60))));
            Eventually.until(
                    "the task runs",
                    HeadgateProcess.PATIENCE,
                    () -> server.workers().stream()
                                    .mapToInt(worker -> worker.path("running").asInt())
                                    .sum()
                            > 0);
            long startNanos = System.nanoTime();
            server.process().terminate();

            assertThat(task.join().status()).isEqualTo(200);
            assertThat(server.process().awaitExit()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(35));
            assertThat(workers).noneMatch(ProcessHandle::isAlive);
        }
    }

    private static CompletableFuture<Ended> request(ServerProcess server, int number, AtomicInteger ended) {
        long startNanos = System.nanoTime();
        return server.embedAsync(MODELS.get(number % MODELS.size()), "text number " + number)
                .thenApply(answer -> {
                    ended.incrementAndGet();
                    return new Ended(answer, Duration.ofNanos(System.nanoTime() - startNanos));
                });
    }

    private static void isAResultOrOneClearErrorInTime(Ended request) {
        assertThat(request.elapsed()).isLessThan(DEADLINE.plus(GRACE));
        if (request.answer().status() == 200) {
            assertThat(request.answer().vector()).hasSize(384);
        } else {
            assertThat(request.answer().status()).isBetween(429, 504);
            assertThat(request.answer().message()).isNotBlank().doesNotContain("\n");
        }
    }

    /** Puts on load until a task runs on {@code worker}. */
    private static void awaitWorkOf(ServerProcess server, String worker) throws InterruptedException {
        AtomicInteger ended = new AtomicInteger();
        Eventually.until("the worker is used again", HeadgateProcess.PATIENCE, () -> {
            List<CompletableFuture<Ended>> requests = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                requests.add(request(server, i, ended));
            }
            return requests.stream()
                    .map(CompletableFuture::join)
                    .map(done -> done.answer().header("x-headgate-worker"))
                    .toList()
                    .contains(worker);
        });
    }
}
