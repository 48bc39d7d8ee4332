package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChildWorkersTest {
    /** ONNX Runtime 1.29 overflows its stack in a process whose command line has more than about 4 KB. */
    @Test
    void commandLineOfAWorkerStaysShortHoweverLongTheClassPathIs() throws Exception {
        try (ServerProcess server = ServerProcess.start("--engine", "sleep", "--workers", "1")) {
            server.awaitWorkers(1);
            String commandLine =
                    server.workerProcesses().getFirst().info().commandLine().orElse("");
            assertThat(commandLine).contains(" worker ").hasSizeLessThan(1024);
        }
    }
}
