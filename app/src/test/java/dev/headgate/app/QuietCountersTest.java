package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.transport.Transport;
import dev.headgate.lab.gateway.Entrant;
import dev.headgate.lab.gateway.Quiet;
import dev.headgate.lab.gateway.QuietMeters;
import dev.headgate.lab.load.ClosedLoad;
import dev.headgate.lab.load.InstantUpstream;
import dev.headgate.lab.load.LoadCounts;
import dev.headgate.lab.load.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds a server in a process of its own to performance.md P4: what a request costs that no other load on the machine changes. */
class QuietCountersTest {
    private static final double KILOBYTE = 1_024;
    private static final Duration SAMPLE = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 32;
    /** Answers or events of each load: enough for the compiler to have left out the allocations that it can. */
    private static final Map<Workload, Long> WARM_UP =
            Map.of(Workload.JSON, 50_000L, Workload.BURST, 1_000_000L, Workload.IDLE, 2L * CONNECTIONS);

    private static Quiet measure() throws IOException, InterruptedException {
        try (InstantUpstream upstream = InstantUpstream.start();
                Entrant.Running gateway = new HeadgateEntrant(Transport.usual()).start(upstream.port(), List.of())) {
            for (Map.Entry<Workload, Long> warmUp : WARM_UP.entrySet()) {
                Workload workload = warmUp.getKey();
                try (ClosedLoad load = ClosedLoad.start(gateway.target(), workload, CONNECTIONS)) {
                    Eventually.until(workload + " is warm", HeadgateProcess.PATIENCE, () -> {
                        LoadCounts counts = load.counts();
                        return (workload.isStream() ? counts.events() : counts.answers()) >= warmUp.getValue();
                    });
                    assertThat(load.counts().errors())
                            .as("errors under %s", workload)
                            .isZero();
                }
            }
            return new QuietMeters(gateway, SAMPLE).measure();
        }
    }

    @Test
    void requestsEventsAndIdleStreamsCostNoMoreThanTheirShare() throws IOException, InterruptedException {
        Quiet quiet = measure();
        assertThat(quiet.syscallsPerRequest())
                .as("system calls, which strace counts: is it installed, and permitted to trace?")
                .isNotNull();
        assertThat(quiet.syscallsPerRequest()).as("%s", quiet).isLessThanOrEqualTo(4.5);
        assertThat(quiet.syscallsPerEvent()).as("%s", quiet).isLessThanOrEqualTo(0.15);
        assertThat(quiet.heapBytesPerRequest()).as("%s", quiet).isLessThanOrEqualTo(6 * KILOBYTE);
        assertThat(quiet.heapBytesPerEvent()).as("%s", quiet).isLessThanOrEqualTo(250);
        assertThat(quiet.residentBytesPerIdleStream()).as("%s", quiet).isLessThanOrEqualTo(8 * KILOBYTE);
    }
}
