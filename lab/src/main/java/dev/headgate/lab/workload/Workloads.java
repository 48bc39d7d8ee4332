package dev.headgate.lab.workload;

import dev.headgate.lab.trace.BadTraceException;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceFile;
import dev.headgate.lab.trace.TraceFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The named workloads, simulator.md §4. */
public final class Workloads {
    /** Their names. */
    public static final List<String> NAMES = List.of("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9");

    private static final String MOONCAKE = "mooncake_conversation_trace.jsonl.gz";
    private static final String AZURE = "azure2023_code.csv.gz";
    private static final double CHATS_PER_SECOND = 2;
    private static final double QUESTIONS_PER_SECOND = 30;
    /** What eight replicas of the default preset answer in time of {@code SharedPrompts}, about. */
    private static final double CAPACITY_PER_SECOND = 60;

    private static final int ADAPTERS = 40;
    private static final int ADAPTER_SLOTS = 4;

    private final Optional<Path> traces;
    private final TraceFiles files;
    private final Spread jitter;

    /** Creates them; {@code traces} is the folder of recorded ones. */
    public Workloads(Optional<Path> traces, TraceFiles files, Spread jitter) {
        this.traces = traces;
        this.files = files;
        this.jitter = jitter;
    }

    /** Returns the workload called {@code name}, which for W8 are two; {@link BadTraceException} if there is none. */
    public List<Workload> named(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "W1" -> List.of(conversations("W1"));
            case "W2" -> List.of(Workload.generated("W2", new ChatSessions(2_000, CHATS_PER_SECOND)::requests));
            case "W3" -> List.of(agents("W3"));
            case "W4" -> List.of(recorded("W4", AZURE, "Azure/AzurePublicDataset, LLM inference trace 2023 (code)"));
            case "W5" -> List.of(questions("W5", Arrivals.poisson(QUESTIONS_PER_SECOND), 0));
            case "W6" -> List.of(questions("W6", Arrivals.bursts(QUESTIONS_PER_SECOND), 0));
            case "W7" ->
                List.of(questions("W7", Arrivals.poisson(QUESTIONS_PER_SECOND), ADAPTERS)
                        .withAdapters(ADAPTER_SLOTS));
            case "W8" ->
                List.of(
                        conversations("W1").on(Fleet.UNEVEN, "W8 on W1"),
                        agents("W3").on(Fleet.UNEVEN, "W8 on W3"));
            case "W9" ->
                List.of(questions("W9", Arrivals.flood(0.3 * CAPACITY_PER_SECOND, 2 * CAPACITY_PER_SECOND), 0));
            default -> throw new BadTraceException(name + " (expected: one of " + String.join(", ", NAMES) + ")");
        };
    }

    /** Returns the requests of {@code paths}, merged after each is shifted to 0, called after the files. */
    public Workload ofFiles(List<Path> paths) {
        List<TraceFile> read = paths.stream().map(files::read).toList();
        TraceFile first = read.getFirst();
        if (read.size() == 1) {
            return ofFile(first.name(), first);
        }
        List<String> notes = new ArrayList<>();
        read.forEach(file -> file.notes().forEach(note -> notes.add(file.name() + ": " + note)));
        Trace merged = Trace.merged(read.stream().map(TraceFile::trace).toList());
        return new Workload(
                String.join("+", read.stream().map(TraceFile::name).toList()),
                String.join(
                        "+",
                        read.stream()
                                .map(file -> file.format().toString())
                                .distinct()
                                .toList()),
                String.join("+", read.stream().map(TraceFile::sha256).toList()),
                seed -> merged,
                jitter,
                Optional.empty(),
                0,
                notes);
    }

    private Workload ofFile(String name, TraceFile file) {
        return new Workload(
                name,
                file.format().toString(),
                file.sha256(),
                seed -> file.trace(),
                jitter,
                Optional.empty(),
                0,
                file.notes());
    }

    private Workload conversations(String name) {
        return recorded(name, MOONCAKE, "kvcache-ai/Mooncake, FAST25-release/traces/conversation_trace.jsonl");
    }

    private static Workload agents(String name) {
        return Workload.generated(name, new Agents(220)::requests);
    }

    private static Workload questions(String name, Arrivals arrivals, int models) {
        return Workload.generated(name, new SharedPrompts(12_000, arrivals, models)::requests);
    }

    private Workload recorded(String name, String file, String source) {
        Optional<Path> path = traces.map(folder -> folder.resolve(file)).filter(Files::isRegularFile);
        return ofFile(
                name,
                files.read(path.orElseThrow(() -> new BadTraceException(name + " needs the file " + file + " (from "
                        + source + "), which is not part of Headgate (expected: --trace FILE, --traces DIR or"
                        + " HEADGATE_TRACES naming its folder)"))));
    }
}
