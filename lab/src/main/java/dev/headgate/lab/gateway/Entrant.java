package dev.headgate.lab.gateway;

import dev.headgate.lab.load.LoadTarget;
import dev.headgate.lab.rival.ProcessTree;
import dev.headgate.lab.rival.Rival;
import dev.headgate.lab.rival.RivalProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A gateway that can be started to be measured. */
public interface Entrant {
    /** Returns its name in the report. */
    String name();

    /**
     * Starts it and returns once it answers; throws with the reason if it cannot take part.
     *
     * @param upstreamPort the loopback port of the provider
     * @param prefix what to put before its command, to pin it
     */
    Running start(int upstreamPort, List<String> prefix) throws IOException, InterruptedException;

    /** One that runs. */
    interface Running extends AutoCloseable {
        /** Returns where to send load. */
        LoadTarget target();

        /** Returns its processes. */
        ProcessTree processes();

        /** Returns whether its first process is a JVM, which can be asked what it allocates. */
        boolean isJava();

        @Override
        void close() throws IOException;
    }

    /** Returns a rival; {@code installed} is where the set-up puts rivals. */
    static Entrant of(Rival rival, Path installed) {
        return new Entrant() {
            @Override
            public String name() {
                return rival.toString();
            }

            @Override
            public Running start(int upstreamPort, List<String> prefix) throws IOException, InterruptedException {
                Path work = Files.createTempDirectory("headgate-" + rival + "-");
                RivalProcess process = RivalProcess.start(rival, installed, work, prefix, upstreamPort);
                return new RunningRival(process, work);
            }
        };
    }
}
