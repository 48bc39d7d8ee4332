package dev.headgate.worker;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A worker in a process of its own. */
final class WorkerProcess {
    private WorkerProcess() {}

    /** Starts a sleeping worker that ends with its standard input. */
    static Process start(URI dispatcher) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        dispatcher.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) {
        Worker worker = Worker.start(WorkerOptions.builder(URI.create(arguments[0]))
                .engine(WorkerOptions.EngineKind.SLEEP)
                .exitWhenStdinCloses()
                .build());
        System.exit(worker.awaitTermination());
    }
}
