package dev.headgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a test class logs, and fails the class if a buffer leaked, an error was logged or Netty had to swallow an
 * exception.
 */
public final class CleanLogs extends AppenderBase<ILoggingEvent> implements BeforeAllCallback, AfterAllCallback {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        setContext(root().getLoggerContext());
        start();
        root().addAppender(this);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        provokeLeakReports();
        root().detachAppender(this);
        stop();
        assertThat(lines().stream().filter(CleanLogs::isTrouble)).isEmpty();
    }

    private static boolean isTrouble(String line) {
        return line.contains("LEAK:") || line.startsWith("WARN io.netty") || line.startsWith(Level.ERROR.levelStr);
    }

    /** Returns everything that was logged so far, with stack traces. */
    public List<String> lines() {
        return events.stream()
                .map(event -> event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage() + " "
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .toList();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.getFormattedMessage(); // on the thread that logs, as arguments may change
        events.add(event);
    }

    /** Leaks are noticed when the collector has run and something is allocated afterwards. */
    private static void provokeLeakReports() {
        System.gc();
        for (int i = 0; i < 64; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
