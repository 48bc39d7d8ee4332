package dev.headgate.client.slf4j;

import static dev.headgate.client.testing.RawServer.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.client.Backend;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.LoggingListener;
import dev.headgate.client.testing.RawServer;
import java.io.IOException;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Marker;
import org.slf4j.helpers.LegacyAbstractLogger;

@Timeout(30)
class Slf4jListenerTest {
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[]}";

    private final Kept slf4j = new Kept();
    private final KeptPlatform platform = new KeptPlatform();

    private void askOnce(LoggingListener... listeners) throws IOException {
        try (RawServer first = RawServer.start();
                RawServer second = RawServer.start()) {
            first.then(error(429, "rate_limit_exceeded", "retry-after", "7"));
            var builder = FailoverClient.builder()
                    .backends(
                            Backend.of(first.url(), 1).withId("first").withApiKey("secret-one"),
                            Backend.of(second.url(), 2).withId("second"));
            for (LoggingListener each : listeners) {
                builder.listener(each);
            }
            try (FailoverClient client = builder.build()) {
                assertThat(client.send(ClientRequest.post("/v1/chat/completions", CHAT))
                                .status())
                        .isEqualTo(200);
                while (client.inFlight() > 0) { // until the end of the second attempt has been told
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void theLinesAreThoseOfThePlatformsLogger() throws IOException {
        askOnce(Slf4jListener.to(slf4j), LoggingListener.to(platform));
        assertThat(slf4j.lines)
                .hasSize(3)
                .contains("INFO backend cooling backend=first model=m cause=throttled status=429 wait=7000ms"
                        + " source=retry-after")
                .noneMatch(line -> line.contains("secret-one"));
        assertThat(platform.lines)
                .usingElementComparator((a, b) -> withoutTime(a).compareTo(withoutTime(b)))
                .containsExactlyElementsOf(slf4j.lines);
    }

    private static String withoutTime(String line) {
        return line.replaceAll(" ms=[0-9]+", "");
    }

    @Test
    void aClientWithSuchAListenerLeavesThePlatformsLoggerAlone() throws IOException {
        java.util.logging.Logger platformsOwn = java.util.logging.Logger.getLogger("dev.headgate.client");
        List<String> seen = new CopyOnWriteArrayList<>();
        java.util.logging.Handler handler = new java.util.logging.Handler() {
            @Override
            public void publish(java.util.logging.LogRecord line) {
                if (line.getMessage().contains("backend=first")) {
                    seen.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        platformsOwn.addHandler(handler);
        try {
            askOnce(Slf4jListener.to(slf4j));
            assertThat(seen).isEmpty();
            askOnce();
            assertThat(seen).hasSize(1);
        } finally {
            platformsOwn.removeHandler(handler);
        }
    }

    @Test
    void withoutALoggerOfItsOwnItIsThatOfTheClient() {
        assertThat(Slf4jListener.create()).isNotNull();
    }

    /** Keeps the lines. */
    private static final class Kept extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;
        private final transient List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected String getFullyQualifiedCallerName() {
            return Kept.class.getName();
        }

        @Override
        protected void handleNormalizedLoggingCall(
                org.slf4j.event.Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }

    /** Keeps the lines, with SLF4J's names for levels. */
    private static final class KeptPlatform implements System.Logger {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public String getName() {
            return "kept";
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.TRACE;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            lines.add(level.getName().replace("WARNING", "WARN") + " " + message);
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, Object @Nullable ... values) {
            log(level, bundle, format, (Throwable) null);
        }
    }
}
