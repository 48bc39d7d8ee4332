package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.worker.protocol.WorkerProtocol;
import dev.headgate.worker.sleep.SleepCost;
import dev.headgate.worker.store.ModelStore;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class WorkerOptionsTest {
    private static final URI DISPATCHER = URI.create("ws://127.0.0.1:8080/worker-listen");

    @Test
    void defaultsAreWhatTheManualSays() {
        WorkerOptions options = WorkerOptions.builder(DISPATCHER).build();

        assertThat(WorkerProtocol.isWorkerId(options.workerId())).isTrue();
        assertThat(options.engine()).isEqualTo(WorkerOptions.EngineKind.ONNX);
        assertThat(options.modelDirectories()).isEmpty();
        assertThat(options.cacheRoot()).isEqualTo(ModelStore.defaultCacheRoot());
        assertThat(options.memoryBytes()).isZero();
        assertThat(options.maxLabels()).isZero();
        assertThat(options.runSlots()).isEqualTo(1);
        assertThat(options.queueSlots()).isZero();
        assertThat(options.threadsPerRun()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(options.tokenFile()).isEmpty();
        assertThat(options.health()).isEmpty();
        assertThat(options.sleepLoad()).isEqualTo(SleepCost.NONE);
        assertThat(options.sleepRun()).isEqualTo(SleepCost.NONE);
        assertThat(options.exitWhenStdinCloses()).isFalse();
    }

    @Test
    void wrongValuesAreNamed() {
        assertWrong(options -> options.workerId("a b"), "worker id: a b");
        assertWrong(options -> options.runSlots(0), "run slots: 0 (expected: 1 to 1024)");
        assertWrong(options -> options.memoryBytes(-1), "memory: -1");
        assertThatThrownBy(() -> WorkerOptions.builder(URI.create("http://h/x")).build())
                .hasMessage("dispatcher: http://h/x (expected: ws://HOST:PORT/worker-listen)");
    }

    @Test
    void sleepCostsAreReadAsMeanAndDeviation() {
        assertThat(SleepCost.parse("87.5")).isEqualTo(new SleepCost(87.5, 0));
        assertThat(SleepCost.parse("390, 48")).isEqualTo(new SleepCost(390, 48));
        for (String bad : new String[] {"", "x", "1,2,3", "-1", "NaN"}) {
            assertThatThrownBy(() -> SleepCost.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertWrong(UnaryOperator<WorkerOptions.Builder> change, String message) {
        assertThatThrownBy(() -> change.apply(WorkerOptions.builder(DISPATCHER)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
