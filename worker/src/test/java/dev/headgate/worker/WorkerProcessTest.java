package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.FakeDispatcher.Session;
import dev.headgate.worker.protocol.Assign;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.LoadModel;
import dev.headgate.worker.protocol.State;
import dev.headgate.worker.protocol.TaskSpec;
import dev.headgate.worker.protocol.Welcome;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerProcessTest {
    @Test
    void processEndsWhenItsStandardInputDoes() throws Exception {
        try (FakeDispatcher dispatcher = new FakeDispatcher()) {
            Process process = WorkerProcess.start(dispatcher.uri());
            try {
                dispatcher.awaitSession().await(Frame::hasHello);
                process.getOutputStream().close();
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void crashTaskTakesTheProcessDownWithoutAWord() throws Exception {
        try (FakeDispatcher dispatcher = new FakeDispatcher()) {
            Process process = WorkerProcess.start(dispatcher.uri());
            try {
                Session session = dispatcher.awaitSession();
                session.await(Frame::hasHello);
                session.send(Frame.newBuilder().setWelcome(Welcome.getDefaultInstance()));
                session.send(Frame.newBuilder().setLoad(LoadModel.newBuilder().setLabel("m")));
                session.await(frame -> frame.getModelState().getState() == State.READY);
                session.send(Frame.newBuilder()
                        .setAssign(Assign.newBuilder()
                                .setLabel("m")
                                .addTasks(TaskSpec.newBuilder()
                                        .setTaskType("sleep")
                                        .setPayload(ByteString.copyFromUtf8("{\"crash\":true}")))));
                assertThat(session.awaitClose()).isEqualTo(1006);
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(70);
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
