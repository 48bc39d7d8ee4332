package dev.headgate.app;

import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.TraceFiles;
import dev.headgate.lab.trace.TraceFormat;
import dev.headgate.lab.workload.Spread;
import dev.headgate.lab.workload.Workload;
import dev.headgate.lab.workload.Workloads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a routing simulation is asked: recorded or generated requests. */
final class TraceOptions {
    @Option(
            names = "--trace",
            paramLabel = "FILE",
            split = ",",
            description = "Recorded requests; several files are merged after each is shifted to 0. *.gz is unpacked.")
    private List<Path> files = List.of();

    @Option(names = "--workload", paramLabel = "ID", split = ",", description = "W1 to W9, instead of --trace.")
    private List<String> workloads = List.of();

    @Option(
            names = "--traces",
            paramLabel = "DIR",
            description = "The folder of the traces that W1, W4 and W8 need. Default $HEADGATE_TRACES.")
    private Optional<Path> traces = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "mooncake, azure, burstgpt, bailian, sessions or headgate. Default: as the first line looks.")
    private Optional<String> format = Optional.empty();

    @Option(
            names = "--file-block",
            paramLabel = "N",
            converter = Converters.Positive.class,
            description = "Tokens that a block id of the file stands for. Default: as its format says.")
    private Optional<Integer> fileBlock = Optional.empty();

    @Option(names = "--skip-bad", description = "Count bad lines and go on.")
    private boolean skipBad;

    @Option(
            names = "--jitter",
            paramLabel = "SPREAD",
            defaultValue = "auto",
            description = "How rounded times are spread: auto, off, both or a duration. Default ${DEFAULT-VALUE}.")
    private String jitter = "auto";

    /** Returns what was chosen, each input by itself. */
    List<Workload> inputs() {
        if (files.isEmpty() == workloads.isEmpty()) {
            throw CommandException.wrongUse(
                    files.isEmpty()
                            ? "no input (expected: --trace FILE or --workload W1 to W9)"
                            : "--trace and --workload (expected: one of the two)");
        }
        boolean both = jitter.equals("both");
        Workloads known = new Workloads(traces(), reader(), both ? Spread.AUTO : spread());
        List<Workload> inputs = new ArrayList<>();
        try {
            if (!files.isEmpty()) {
                inputs.add(known.ofFiles(files));
            }
            workloads.forEach(name -> inputs.addAll(known.named(name)));
        } catch (BadTraceException e) {
            throw CommandException.wrongUse(String.valueOf(e.getMessage()));
        }
        if (both) {
            List<Workload> raw = inputs.stream()
                    .filter(input -> !input.jitter().equals(Spread.OFF))
                    .map(input -> input.spread(Spread.OFF, input.name() + " raw"))
                    .toList();
            inputs.addAll(raw);
        }
        return inputs;
    }

    private Optional<Path> traces() {
        return traces.or(
                () -> Optional.ofNullable(System.getenv("HEADGATE_TRACES")).map(Path::of));
    }

    private TraceFiles reader() {
        TraceFiles reader = TraceFiles.guessing();
        if (format.isPresent()) {
            reader = reader.as(TraceFormat.named(format.get())
                    .orElseThrow(() -> CommandException.wrongUse(
                            "--format: " + format.get() + " (expected: one of " + TraceFormat.names() + ")")));
        }
        if (fileBlock.isPresent()) {
            reader = reader.inUnitsOf(fileBlock.get());
        }
        return skipBad ? reader.skippingBadLines() : reader;
    }

    private Spread spread() {
        return switch (jitter) {
            case "auto" -> Spread.AUTO;
            case "off" -> Spread.OFF;
            default -> Spread.by(jitter, OptionValue.micros("--jitter", jitter));
        };
    }
}
