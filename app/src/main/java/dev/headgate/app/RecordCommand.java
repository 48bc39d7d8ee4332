package dev.headgate.app;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a trace of what a running gateway is asked. */
@Command(
        name = "record",
        description = {
            "Record what a running gateway is asked, for simulate routing --trace.",
            "",
            "A line for each request that was answered well: when it came, how long prompt and answer were, and hashes of"
                    + " the prompt; never text."
        })
final class RecordCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to; *.gz is packed.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
    private Path file;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = Converters.Time.class,
            description = "End after so long, as 10m. Default: when interrupted.")
    private Optional<Duration> longest = Optional.empty();

    @Option(
            names = "--requests",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "End after so many requests.")
    private Optional<Integer> most = Optional.empty();

    @Mixin
    private AdminAddress admin = new AdminAddress();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (AdminClient client = admin.client();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory())) {
            HttpResponse<InputStream> answer = client.get("/admin/traffic", HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                String said = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
                throw CommandException.failed(AdminClient.sentence(answer.statusCode(), said));
            }
            AtomicBoolean isOver = new AtomicBoolean();
            if (longest.isPresent()) {
                var _ = clock.schedule(
                        () -> end(answer.body(), isOver), longest.get().toMillis(), TimeUnit.MILLISECONDS);
            }
            progress("recording to " + file);
            long recorded = copy(answer.body(), isOver);
            clock.shutdownNow();
            progress(recorded + (recorded == 1 ? " request" : " requests"));
            return 0;
        }
    }

    private static void end(InputStream body, AtomicBoolean isOver) {
        isOver.set(true);
        try {
            body.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    /** Writes line after line until it is over; a line is in the file when the next one is awaited. */
    private long copy(InputStream body, AtomicBoolean isOver) throws IOException {
        long recorded = 0;
        try (Writer out = open();
                BufferedReader in = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            while (most.isEmpty() || recorded < most.get()) {
                String line = next(in, isOver);
                if (line == null) {
                    break;
                }
                out.write(line);
                out.write('\n');
                recorded++;
                if (!in.ready()) {
                    out.flush();
                }
            }
        }
        return recorded;
    }

    private @Nullable String next(BufferedReader in, AtomicBoolean isOver) {
        String line;
        try {
            line = in.readLine();
        } catch (IOException e) {
            line = null;
        }
        if (line == null && !isOver.get()) {
            throw CommandException.failed(file + ": ends early, as the gateway ended the recording (it is gone, or "
                    + file + " is too slow)");
        }
        return line;
    }

    private Writer open() {
        try {
            boolean isPacked = file.toString().endsWith(".gz");
            var bytes = Files.newOutputStream(file);
            return new BufferedWriter(new OutputStreamWriter(
                    isPacked ? new GZIPOutputStream(bytes, true) : bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw CommandException.wrongUse("--out: " + file + " (expected: a file that can be written)");
        }
    }

    private void progress(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("headgate: " + text);
        err.flush();
    }
}
