package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.gateway.transport.Transport;
import dev.headgate.lab.gateway.Entrant;
import dev.headgate.lab.gateway.Quiet;
import dev.headgate.lab.gateway.QuietMeters;
import dev.headgate.lab.load.ClosedLoad;
import dev.headgate.lab.load.InstantUpstream;
import dev.headgate.lab.load.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds a server in a process of its own to performance.md P4: what a request costs that no other load on the machine changes. */
class QuietCountersTest {
    private static final double KILOBYTE = 1_024;
    private static final Duration SAMPLE = Duration.ofSeconds(2);
    private static final List<Workload> LOADS = List.of(Workload.JSON, Workload.BURST, Workload.IDLE);
    /** Enough for the compiler to have left out the allocations that it can. */
    private static final Duration WARM_UP = Duration.ofSeconds(8);

    private static Quiet measure() throws IOException, InterruptedException {
        try (InstantUpstream upstream = InstantUpstream.start();
                Entrant.Running gateway = new HeadgateEntrant(Transport.usual()).start(upstream.port(), List.of())) {
            for (Workload workload : LOADS) {
                try (ClosedLoad load = ClosedLoad.start(gateway.target(), workload, 32)) {
                    Thread.sleep(WARM_UP);
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
