package dev.headgate.lab.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
    @TempDir
    private Path folder;

    @Test
    void anEngineOfUnknownConstantsIsPredicted() throws IOException {
        EngineConstants unknown = EngineConstants.H100
                .with("apiUs", 0)
                .with("sequences", 256)
                .with("budget", 2048)
                .with("weightUs", 11_000)
                .with("linUs", 60)
                .with("kvTokens", 30_000)
                .with("noise", 0.05);
        Path file = Files.writeString(folder.resolve("measured.jsonl"), measured(unknown));
        CalibrationReport report = new Calibration(MeasuredRun.read(file), line -> {}).fit();
        assertThat(report.isClose()).as(report.text()).isTrue();
        assertThat(report.text()).contains("kvTokens=", "second half, predicted");
    }

    @Test
    void aBadLineIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("bad.jsonl"), "{\"input_toks\":5}\n");
        assertThatThrownBy(() -> MeasuredRun.read(file)).hasMessageStartingWith(file + ":1: {\"input_toks\":5}");
        Path small = Files.writeString(
                folder.resolve("small.jsonl"),
                "{\"input_toks\":5,\"output_toks\":2,\"queued_ts\":1,\"first_token_ts\":2,\"last_token_ts\":3}\n");
        assertThatThrownBy(() -> MeasuredRun.read(small)).hasMessageContaining("1 requests (expected: at least 20");
    }

    private static String measured(EngineConstants constants) {
        SplittableRandom random = new SplittableRandom(5);
        TraceBuilder builder = new TraceBuilder(16);
        long at = 0;
        for (int r = 0; r < 120; r++) {
            at += (long) (random.nextExponential() * 150_000);
            builder.add(at, 100 + random.nextInt(2_000), 50 + random.nextInt(400));
            builder.privateRest();
        }
        Trace trace = builder.build();
        RequestStates states = run(constants, trace);
        StringBuilder lines = new StringBuilder();
        for (int r = 0; r < trace.size(); r++) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"input_toks\":%d,\"output_toks\":%d,\"queued_ts\":%.6f,\"first_token_ts\":%.6f,\"last_token_ts\":%.6f}%n",
                    trace.input(r),
                    trace.output(r),
                    states.enqueued[r] / 1e6,
                    states.first[r] / 1e6,
                    states.done[r] / 1e6));
        }
        return lines.toString();
    }

    private static RequestStates run(EngineConstants constants, Trace trace) {
        Clock clock = new Clock();
        RequestStates states = new RequestStates(trace.size());
        Replica replica = new Replica(
                constants, ReplicaSpeed.FULL, trace, states, clock, new SplittableRandom(9), new ReplicaListener() {
                    @Override
                    public void firstToken(int request) {}

                    @Override
                    public void completed(int request) {}

                    @Override
                    public void lost(int request) {}
                });
        for (int r = 0; r < trace.size(); r++) {
            int request = r;
            clock.at(trace.arrival(r), () -> replica.enqueue(request));
        }
        while (clock.next().isPresent()) {
            clock.advance(clock.next().getAsLong());
        }
        return states;
    }
}
