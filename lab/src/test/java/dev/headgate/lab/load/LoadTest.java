package dev.headgate.lab.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoadTest {
    private final InstantUpstream upstream = InstantUpstream.start();

    @AfterEach
    void stop() {
        upstream.close();
    }

    private LoadTarget target() {
        return new LoadTarget(URI.create("http://127.0.0.1:" + upstream.port() + "/v1"), Map.of("x-lab", "1"));
    }

    private static LoadCounts await(ClosedLoad load, Predicate<LoadCounts> isEnough) {
        LoadCounts counts = load.counts();
        while (!isEnough.test(counts)) {
            Thread.onSpinWait();
            counts = load.counts();
        }
        return counts;
    }

    @ParameterizedTest
    @EnumSource(
            value = Workload.class,
            names = {"JSON", "JSON_10K", "BURST", "PACED"})
    void everyAnswerIsWhole(Workload workload) {
        try (ClosedLoad load = ClosedLoad.start(target(), workload, 3)) {
            LoadCounts counts = await(load, seen -> seen.answers() >= 4);
            assertThat(counts.errors()).isZero();
            assertThat(counts.events()).isGreaterThanOrEqualTo(4L * workload.events());
        }
    }

    @Test
    void idleStreamsBeginAndStayOpen() {
        try (ClosedLoad load = ClosedLoad.start(target(), Workload.IDLE, 50)) {
            LoadCounts counts = await(load, seen -> seen.events() >= 100);
            assertThat(counts)
                    .extracting(LoadCounts::answers, LoadCounts::errors)
                    .containsExactly(0L, 0L);
            assertThat(load.open()).isEqualTo(50);
        }
    }

    @Test
    void scheduledRequestsAreAllAnswered() throws IOException {
        Latencies latencies = OpenLoad.run(target(), Workload.JSON, 500, Duration.ofMillis(200));
        assertThat(latencies.count()).isEqualTo(100);
        assertThat(latencies.errors()).isZero();
        assertThat(latencies.micros(0.5)).isPositive().isLessThanOrEqualTo(latencies.micros(0.99));
    }

    @Test
    void requestsInChunksHaveAnEnd() {
        String request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        String two = request + request;
        ByteBuf in = Unpooled.copiedBuffer(two.substring(0, two.length() - 1), US_ASCII);
        RequestEnd end = new RequestEnd();
        assertThat(end.find(in)).isEqualTo(request.length());
        in.skipBytes(request.length());
        assertThat(end.find(in)).isZero();
        in.writeByte('\n');
        assertThat(end.find(in)).isEqualTo(request.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000})
    void answersAreFoundHoweverTheyAreCut(int piece) {
        String answers = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
                + "HTTP/1.1 503 No\r\ncontent-length:0\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\ndata: a\n\nda\r\n7\r\nta: b\n\n\r\n0\r\nx: y\r\n\r\n";
        AnswerParser parser = new AnswerParser();
        StringBuilder seen = new StringBuilder();
        for (int from = 0; from < answers.length(); from += piece) {
            ByteBuf in =
                    Unpooled.copiedBuffer(answers.substring(from, Math.min(answers.length(), from + piece)), US_ASCII);
            while (in.isReadable()) {
                if (parser.read(in)) {
                    seen.append(parser.status())
                            .append('/')
                            .append(parser.events())
                            .append(' ');
                }
            }
        }
        assertThat(seen.toString()).isEqualTo("200/0 503/0 200/2 ");
    }
}
