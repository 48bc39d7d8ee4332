package dev.headgate.app.config;

import dev.headgate.app.router.InTime;
import dev.headgate.app.router.LoadedRouter;
import dev.headgate.core.admit.FlowSettings;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.route.Fifo;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.PoolSettings.Backoff;
import dev.headgate.core.route.PoolSettings.IndexLimits;
import dev.headgate.core.route.PoolSettings.ProbeLimits;
import dev.headgate.core.route.RouterSettings;
import dev.headgate.core.route.RouterSettings.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Reads the policy that routes a pool of backends. */
final class RouterReader {
    private static final RouterSettings STANDARD = RouterSettings.DEFAULTS;
    private static final String FROM_HEADER = "header:";
    private static final Kind<Duration> SOME = Kind.duration(Duration.ofMillis(1));
    static final Kind<String> TEXT = Kind.text("a number, true, false or a text");
    static final Kind<String> POLICY = Kind.text("the name of a policy");

    private RouterReader() {}

    /** Returns the settings under {@code router} of a pool, null if it has none. */
    static @Nullable RouterSettings read(Section pool) {
        return read(pool, false);
    }

    /** Returns the same as an operator may give it, if {@code isPosted}. */
    static @Nullable RouterSettings read(Section pool, boolean isPosted) {
        Optional<Section> given = pool.sectionOrOff("router");
        Optional<FlowSettings> flow = FlowReader.read(pool);
        if (given.isEmpty()) {
            if (flow.isPresent()) {
                pool.problem("flow", "given (expected: none, as the pool has no router)");
            }
            return null;
        }
        Section section = given.get();
        String builtIn = section.value("policy", POLICY, STANDARD.policy());
        @Nullable LoadedRouter code = CodeReader.read(section, isPosted);
        String policy = code == null ? builtIn : code.name();
        Map<String, String> with = section.words("with", TEXT).orElse(Map.of());
        Section compose = section.section("compose");
        String session = compose.value("session", Kind.text("header:NAME, or off"), "off");
        boolean isHeader = session.startsWith(FROM_HEADER) && session.length() > FROM_HEADER.length();
        if (!isHeader && !session.equals("off")) {
            compose.problem("session", session + " (expected: header:NAME, or off)");
        }
        boolean multiplex = compose.value("multiplex", Kind.flag(), true);
        boolean fifo = compose.value("fifo", Kind.flag(), false);
        Set<Scope> locality = Set.copyOf(compose.values("locality", Kind.choice(Scope.class), List.of()));
        compose.end();
        Section index = section.section("index");
        boolean indexesAnswers =
                index.value("indexResponses", Kind.flag(), STANDARD.signals().indexesAnswers());
        RouterSettings settings = new RouterSettings(
                policy,
                code,
                Map.copyOf(with),
                new Composition(multiplex, isHeader, !locality.isEmpty(), fifo),
                isHeader ? session.substring(FROM_HEADER.length()).toLowerCase(Locale.ROOT) : "",
                section.value("fallback", POLICY, STANDARD.fallback()),
                loop(section, index, fifo, isHeader),
                flow);
        settings = settings.near(locality).asking(SignalsReader.read(section, indexesAnswers));
        section.end();
        check(section, settings);
        return settings;
    }

    private static PoolSettings loop(Section section, Section index, boolean fifo, boolean isSession) {
        PoolSettings standard = STANDARD.loop();
        IndexLimits limits = new IndexLimits(
                index.value(
                        "maxBlocks",
                        Kind.integer(1, 100_000_000),
                        standard.index().maxBlocks()),
                index.value("maxBytes", Kind.bytes(1L << 40), standard.index().maxBytes()),
                standard.index().blockTokens());
        index.end();
        Section backoff = section.section("backoff");
        Duration initial = backoff.value("initial", SOME, standard.backoff().initial());
        double multiplier = backoff.value(
                "multiplier", Kind.number(1, 100), standard.backoff().multiplier());
        Duration max = backoff.value("max", SOME, standard.backoff().max());
        if (max.compareTo(initial) < 0) {
            backoff.problem("max", Quantity.text(max) + " (expected: >= initial, " + Quantity.text(initial) + ")");
            max = initial;
        }
        backoff.end();
        return new PoolSettings(
                section.value("maxOngoing", Kind.integer(0, 1_000_000), standard.maxOngoing()),
                section.value("maxQueued", Kind.integer(-1, 10_000_000), standard.maxQueued()),
                section.value("maxActive", Kind.integer(1, 100_000), standard.maxActive()),
                new Backoff(initial, multiplier, max),
                probe(section.section("probe"), standard.probe()),
                section.value("queueLengthCache", SOME, standard.lengthExpiry()),
                fifo ? (isSession ? Fifo.MODEL_OR_SESSION : Fifo.MODEL) : Fifo.OFF,
                limits);
    }

    private static ProbeLimits probe(Section section, ProbeLimits standard) {
        ProbeLimits limits = new ProbeLimits(
                section.value("initial", SOME, standard.initial()), section.value("max", SOME, standard.max()));
        section.end();
        return limits;
    }

    /** Checks the names of policies and, if nothing else is wrong, lets them say themselves what they do not take. */
    static void check(Section section, RouterSettings settings) {
        if (section.reading().describes()) {
            return;
        }
        if (settings.code() == null) {
            checkName(section, "policy", settings.policy());
        }
        checkName(section, "fallback", settings.fallback());
        if (!section.isSound()) {
            return;
        }
        try {
            if (settings.code() == null) {
                settings.check(System::nanoTime, new SplittableRandom(1));
            } else {
                InTime.run(() -> settings.check(System::nanoTime, new SplittableRandom(1)));
            }
        } catch (IllegalArgumentException e) {
            section.problem("with", String.valueOf(e.getMessage()));
        }
    }

    private static void checkName(Section section, String key, String policy) {
        if (RoutingPolicies.builtIn().names().contains(policy)) {
            return;
        }
        try {
            RoutingPolicies.builtIn().create(policy);
        } catch (IllegalArgumentException e) {
            section.problem(key, String.valueOf(e.getMessage()).replaceFirst("^policy: ", ""));
        }
    }
}
