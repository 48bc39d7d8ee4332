package dev.headgate.lab.bench;

import dev.headgate.core.signal.EngineReading;
import dev.headgate.core.signal.EngineType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to hear what backends say of themselves. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SignalBenchmarks {
    /** Reads a page of vLLM's metrics as it comes from a socket: 100 KB of histograms, and among them what is looked for. */
    @Benchmark
    public double enginePageOf100Kilobytes(Page page) {
        page.reading.begin();
        for (ByteBuffer piece : page.pieces) {
            page.reading.read(piece.rewind());
        }
        page.reading.end(page.now++, 0);
        return page.reading.load(page.now).waiting();
    }

    /** The page, in direct buffers of 16 KB. */
    @State(Scope.Thread)
    public static class Page {
        private static final int PAGE_BYTES = 100_000;
        private static final int PIECE_BYTES = 16 << 10;

        private final EngineReading reading = new EngineReading(EngineType.VLLM.mapping());
        private ByteBuffer[] pieces = new ByteBuffer[0];
        private long now;

        /** Writes the page. */
        @Setup
        public void write() {
            byte[] text = text().getBytes(StandardCharsets.US_ASCII);
            pieces = new ByteBuffer[(text.length + PIECE_BYTES - 1) / PIECE_BYTES];
            for (int i = 0; i < pieces.length; i++) {
                int from = i * PIECE_BYTES;
                int length = Math.min(PIECE_BYTES, text.length - from);
                pieces[i] = ByteBuffer.allocateDirect(length).put(text, from, length);
            }
        }

        private static String text() {
            StringBuilder text = new StringBuilder("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 12.0\n")
                    .append("vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 3.0\n")
                    .append("vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.25\n")
                    .append("vllm:cache_config_info{block_size=\"16\",engine=\"0\",num_gpu_blocks=\"27000\"} 1.0\n");
            for (int i = 0; text.length() < PAGE_BYTES; i++) {
                text.append(String.format(
                        Locale.ROOT,
                        "vllm:time_to_first_token_seconds_bucket{engine=\"0\",le=\"%d.0\",model_name=\"m\"} %d.0\n",
                        i,
                        i));
            }
            return text.append("process_start_time_seconds 1.75e+09\n").toString();
        }
    }
}
