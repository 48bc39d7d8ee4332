package dev.headgate.client.slf4j;

import dev.headgate.client.LoggingListener;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a client does to SLF4J, in the place of the platform's logger:
 *
 * <pre>{@code
 * FailoverClient.builder().backends(…).listener(Slf4jListener.create()).build();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Slf4jListener extends LoggingListener {
    private final Logger log;

    private Slf4jListener(Logger log) {
        this.log = log;
    }

    /** Returns a listener that writes to the logger {@code dev.headgate.client}. */
    public static Slf4jListener create() {
        return to(LoggerFactory.getLogger("dev.headgate.client"));
    }

    /** Returns a listener that writes to {@code log}. */
    public static Slf4jListener to(Logger log) {
        return new Slf4jListener(Objects.requireNonNull(log, "log"));
    }

    @Override
    protected boolean isWritten(Level level) {
        return log.isEnabledForLevel(slf4j(level));
    }

    @Override
    protected void write(Level level, String line) {
        log.atLevel(slf4j(level)).log(line);
    }

    private static org.slf4j.event.Level slf4j(Level level) {
        return switch (level) {
            case ALL, TRACE -> org.slf4j.event.Level.TRACE;
            case DEBUG -> org.slf4j.event.Level.DEBUG;
            case INFO -> org.slf4j.event.Level.INFO;
            case WARNING -> org.slf4j.event.Level.WARN;
            case ERROR, OFF -> org.slf4j.event.Level.ERROR;
        };
    }
}
