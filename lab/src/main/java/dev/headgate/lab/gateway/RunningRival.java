package dev.headgate.lab.gateway;

import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.rival.ProcessTree;
import dev.headgate.lab.rival.RivalProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A rival and the folder of its files, which goes with it. */
record RunningRival(RivalProcess process, Path work) implements Entrant.Running {
    @Override
    public LoadTarget target() {
        return process.target();
    }

    @Override
    public ProcessTree processes() {
        return process.processes();
    }

    @Override
    public boolean isJava() {
        return false;
    }

    @Override
    public void close() throws IOException {
        process.close();
        List<Path> files;
        try (Stream<Path> all = Files.walk(work)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
