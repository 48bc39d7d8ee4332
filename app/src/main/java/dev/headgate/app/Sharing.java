package dev.headgate.app;

import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.fleet.FleetEvents;
import dev.headgate.fleet.FleetException;
import dev.headgate.fleet.FleetOptions;
import dev.headgate.fleet.SharedState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server shares with other processes, as long as it runs; nothing if it is not told to. */
final class Sharing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);

    private final @Nullable SharedState state;

    private Sharing(@Nullable SharedState state) {
        this.state = state;
    }

    /** Begins to share where {@code options} say; throws {@link CommandException} if that cannot work. */
    static Sharing over(@Nullable FleetOptions options) {
        if (options == null) {
            return new Sharing(null);
        }
        try {
            return new Sharing(SharedState.over(options, new Logged()));
        } catch (FleetException e) {
            throw CommandException.failed("shared." + e.getMessage());
        }
    }

    /** Shares what a router learns. */
    void join(FailoverRouter router) {
        if (state != null) {
            state.join(router);
        }
    }

    @Override
    public void close() {
        if (state != null) {
            state.close();
        }
    }

    private static final class Logged implements FleetEvents {
        @Override
        public void shared(String address) {
            LOG.info("state shared redis={}", address);
        }

        @Override
        public void alone(String reason) {
            LOG.warn("state not shared reason=\"{}\"", reason);
        }

        @Override
        public void failed(RuntimeException fault) {
            LOG.error("what others told, or what is due, was not all done", fault);
        }
    }
}
