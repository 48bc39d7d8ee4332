package dev.headgate.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how the dispatcher works: the keys under {@code dispatch}. */
final class DispatchReader {
    private static final Kind<Duration> ANY = Kind.duration(Duration.ZERO);
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    private static final Kind<Integer> COUNT = Kind.integer(1, Integer.MAX_VALUE);
    private static final Kind<Double> NUMBER = Kind.number(0, Double.MAX_VALUE);

    /** A string in JSON has at most 20 million characters, here as in the workers. */
    private static final int LARGEST_TASK_BYTES = 16 << 20;

    /** A result is held in one array. */
    private static final int LARGEST_RESULT_BYTES = 1 << 30;

    private DispatchReader() {}

    static DispatchConfig read(Section section) {
        DispatchConfig dispatch = new DispatchConfig(
                auth(section.section("auth")),
                placement(section.section("placement")),
                leases(section.section("leases")),
                limits(section.section("limits")),
                models(section.section("models")));
        section.notBuilt("store", "tasks are kept in memory");
        section.notBuilt("webhooks", "results are answered on the caller's connection");
        section.end();
        return dispatch;
    }

    private static AuthConfig auth(Section section) {
        List<Path> workers = new ArrayList<>();
        for (Section worker : section.sections("workers")) {
            Tokens.required(worker).ifPresent(workers::add);
            worker.end();
        }
        List<ClientAuth> clients = Tokens.clients(section);
        section.notBuilt("mtls", "tokens are the only credential", "off");
        section.end();
        return new AuthConfig(workers, clients);
    }

    private static PlacementConfig placement(Section section) {
        PlacementConfig standard = PlacementConfig.DEFAULT;
        PlacementConfig placement = new PlacementConfig(
                section.value("policy", Kind.choice(PlacementPolicy.class), standard.policy()),
                section.value("overlap", Kind.flag(), standard.overlap()),
                section.value("ageBound", COUNT, standard.ageBound()),
                section.value("popularityWindow", Kind.positiveNumber(), standard.popularityWindow()),
                section.value("horizon", NUMBER, standard.horizon()),
                section.value("tieBand", NUMBER, standard.tieBand()),
                section.value("rent", NUMBER, standard.rent()));
        section.notBuilt("prefetch", "models are loaded when a task asks for them", "false", "off");
        section.notBuilt("pins", "any model may be evicted");
        section.end();
        return placement;
    }

    private static LeaseConfig leases(Section section) {
        LeaseConfig standard = LeaseConfig.DEFAULT;
        LeaseConfig leases = new LeaseConfig(
                section.value("heartbeat", SOME, standard.heartbeat()),
                section.value("suspect", SOME, standard.suspect()),
                section.value("ttl", SOME, standard.ttl()),
                section.value("reconnectGrace", ANY, standard.reconnectGrace()),
                section.value("cancelGrace", ANY, standard.cancelGrace()));
        section.end();
        if (section.isSound()) {
            checkLonger(section, "suspect", leases.suspect(), "heartbeat", leases.heartbeat());
            checkLonger(section, "ttl", leases.ttl(), "suspect", leases.suspect());
        }
        return leases;
    }

    private static LimitConfig limits(Section section) {
        LimitConfig standard = LimitConfig.DEFAULT;
        LimitConfig limits = new LimitConfig(
                section.value("taskBytes", Kind.bytes(LARGEST_TASK_BYTES), (long) standard.taskBytes())
                        .intValue(),
                section.value("resultBytes", Kind.bytes(LARGEST_RESULT_BYTES), (long) standard.resultBytes())
                        .intValue(),
                section.value("pendingPerLabel", COUNT, standard.pendingPerLabel()),
                section.value("pending", COUNT, standard.pending()),
                section.value("pendingBytes", Kind.bytes(1L << 40), standard.pendingBytes()),
                section.value("deadline", SOME, standard.deadline()),
                section.value("maxDeadline", SOME, standard.maxDeadline()),
                section.value("noWorkerWait", ANY, standard.noWorkerWait()),
                section.value("attempts", Kind.integer(1, 100), standard.attempts()));
        section.end();
        if (section.isSound()) {
            if (limits.maxDeadline().compareTo(limits.deadline()) < 0) {
                section.problem(
                        "maxDeadline",
                        Quantity.text(limits.maxDeadline()) + " (expected: >= deadline, "
                                + Quantity.text(limits.deadline()) + ")");
            }
            if (limits.pending() < limits.pendingPerLabel()) {
                section.problem(
                        "pending",
                        limits.pending() + " (expected: >= pendingPerLabel, " + limits.pendingPerLabel() + ")");
            }
        }
        return limits;
    }

    private static void checkLonger(Section section, String key, Duration value, String than, Duration other) {
        if (value.compareTo(other) <= 0) {
            section.problem(
                    key, Quantity.text(value) + " (expected: longer than " + than + ", " + Quantity.text(other) + ")");
        }
    }

    private static ModelsConfig models(Section section) {
        List<ModelSource> sources = new ArrayList<>();
        for (Section source : section.sections("sources")) {
            Optional<Path> folder = source.optional(
                    "dir",
                    source.reading().path("a folder", path -> Optional.of(path).filter(Files::isDirectory)));
            Section maven = source.section("maven");
            maven.value("repository", Kind.choice(Repository.class), Repository.LOCAL);
            maven.end();
            if (folder.isPresent()) {
                sources.add(new ModelSource.Directory(folder.get()));
            } else if (source.has("maven")) {
                sources.add(new ModelSource.LocalMaven());
            } else if (!source.has("dir") && !source.has("hub") && !source.has("converter")) {
                source.problem("dir", "missing (expected: a folder, or maven: {repository: local})");
            }
            source.notBuilt("hub", "put the model's files under a dir source");
            source.notBuilt("converter", "put the model's files under a dir source");
            source.end();
        }
        section.end();
        return new ModelsConfig(sources);
    }

    private enum Repository {
        LOCAL
    }
}
