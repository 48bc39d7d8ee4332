package dev.headgate.app;

import dev.headgate.gateway.GatewayServer;
import java.time.Duration;

/** Waits until worker processes have connected to a server in this process. */
final class JoinedWorkers {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private JoinedWorkers() {}

    /** Returns how many had joined when there were {@code count} or {@code patience} was over. */
    static int await(GatewayServer server, int count, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        int joined = joined(server);
        while (joined < count && System.nanoTime() - until < 0) {
            Thread.sleep(LOOK_AGAIN);
            joined = joined(server);
        }
        return joined;
    }

    private static int joined(GatewayServer server) {
        return server.dispatcher()
                .ask(router -> router.fleet().workers().size())
                .join();
    }
}
