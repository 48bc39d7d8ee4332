package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.FakeDispatcher.Session;
import dev.headgate.worker.protocol.Assign;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.LoadModel;
import dev.headgate.worker.protocol.ModelState;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.TaskResult;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from an Assign to a vector, with a real model of the default set. */
@Timeout(120)
class OnnxWorkerTest {
    private static final String LABEL = ModelStore.DEFAULT_LABELS.getFirst();

    @Test
    void embeddingsComeBackOverTheWireAndABrokenModelIsReported(@TempDir Path models) throws Exception {
        Files.createDirectories(models.resolve("broken"));
        Files.writeString(models.resolve("broken/model.onnx"), "no model");
        try (FakeDispatcher dispatcher = new FakeDispatcher()) {
            Worker worker = Worker.start(WorkerOptions.builder(dispatcher.uri())
                    .modelDirectories(List.of(models))
                    .memoryBytes(MemorySize.parse("1GiB"))
                    .build());
            try {
                Session session = dispatcher.awaitSession();
                Hello hello = session.await(Frame::hasHello).getHello();
                assertThat(hello.getEngine()).isEqualTo("onnx");
                assertThat(hello.getTaskTypesList()).containsExactly("embed_texts", "tokenize");
                assertThat(hello.getLabelsList()).contains("broken", LABEL);
                session.send(Frame.newBuilder().setWelcome(Welcome.getDefaultInstance()));

                session.send(load("broken"));
                ModelState failed = session.await(frame -> frame.getModelState().getState() == State.FAILED)
                        .getModelState();
                assertThat(failed.getError()).startsWith("model broken: ");
                assertThat(failed.getRetryable()).isFalse();

                session.send(load(LABEL));
                ModelState ready = session.await(frame -> frame.getModelState().getState() == State.READY)
                        .getModelState();
                assertThat(ready.getVersion()).isEqualTo("1.20.0-beta30");
                assertThat(ready.getLoadMs()).isPositive();
                session.send(Frame.newBuilder()
                        .setAssign(Assign.newBuilder()
                                .setLabel(LABEL)
                                .addTasks(TaskSpec.newBuilder()
                                        .setTaskType("embed_texts")
                                        .setPayload(ByteString.copyFromUtf8("{\"texts\":[\"hello world\"]}")))));
                TaskResult result = session.await(Frame::hasResult).getResult();
                assertThat(result.getPayload().toStringUtf8())
                        .contains("\"dim\":384,\"tokens\":4,\"model\":\"" + LABEL + "\"");
                assertThat(result.getTiming().getTokenizeUs()).isPositive();
                assertThat(result.getTiming().getLoadUs()).isPositive();
            } finally {
                worker.abort();
            }
        }
    }

    private static Frame.Builder load(String label) {
        return Frame.newBuilder().setLoad(LoadModel.newBuilder().setLabel(label));
    }
}
