package dev.headgate.client;

import dev.headgate.core.request.CoolingCause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;

/**
 * Puts what a client does into the lines of a log; no key, prompt or answer.
 *
 * <p>A client writes to the platform's logger {@code dev.headgate.client} itself, unless it is given such a listener.
 */
public abstract class LoggingListener implements ClientListener {
    /** Made by those who know a log. */
    protected LoggingListener() {}

    /** Returns a listener that writes to a logger of the platform. */
    public static LoggingListener to(System.Logger log) {
        return new PlatformListener(log);
    }

    /** Returns whether lines of this level are of interest. */
    protected abstract boolean isWritten(Level level);

    /** Writes a line. */
    protected abstract void write(Level level, String line);

    @Override
    public final void attemptEnded(String backend, String model, int number, String outcome, Duration elapsed) {
        if (isWritten(Level.DEBUG)) {
            write(
                    Level.DEBUG,
                    "attempt ended backend=" + backend + " model=" + model + " number=" + number + " outcome=" + outcome
                            + " ms=" + elapsed.toMillis());
        }
    }

    @Override
    public final void cooling(
            String backend, String model, CoolingCause cause, int status, Duration wait, String source) {
        write(
                Level.INFO,
                "backend cooling backend=" + backend + which(model) + " cause="
                        + cause.name().toLowerCase(Locale.ROOT) + " status=" + status + " wait=" + wait.toMillis()
                        + "ms source=" + source);
    }

    @Override
    public final void available(String backend, String model) {
        write(Level.INFO, "backend available backend=" + backend + which(model));
    }

    private static String which(String model) {
        return model.isEmpty() ? "" : " model=" + model;
    }

    @Override
    public final void noBackendAvailable(String model, Duration soonest) {
        write(Level.WARNING, "no backend available model=" + model + " soonest=" + soonest.toMillis() + "ms");
    }

    @Override
    public final void sentOnce(String target) {
        write(Level.WARNING, "request has one attempt, as its body is too large to be kept: target=" + target);
    }

    @Override
    public final void tokenMissed(String reason) {
        write(Level.WARNING, "token provider gave none: reason=" + reason);
    }

    private static final class PlatformListener extends LoggingListener {
        private final System.Logger log;

        PlatformListener(System.Logger log) {
            this.log = log;
        }

        @Override
        protected boolean isWritten(Level level) {
            return log.isLoggable(level);
        }

        @Override
        protected void write(Level level, String line) {
            log.log(level, line);
        }
    }
}
