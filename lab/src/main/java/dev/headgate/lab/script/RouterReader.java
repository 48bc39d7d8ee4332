package dev.headgate.lab.script;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.pick.ComposedRouter;
import dev.headgate.core.pick.Composition;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.pick.RoutingPolicies;
import dev.headgate.core.route.Fifo;
import dev.headgate.core.route.PoolSettings;
import dev.headgate.core.route.RouterPlan;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Reads the {@code router} object of a pool: routing.md §1. */
final class RouterReader {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String[] SETTINGS = {
        "backoff", "probe", "queueLengthCache", "stats", "maxOngoing", "maxQueued", "maxActive", "index"
    };
    private static final String[] KNOWN = {
        "policy",
        "class",
        "jar",
        "source",
        "with",
        "compose",
        "fallback",
        "backoff",
        "probe",
        "queueLengthCache",
        "stats",
        "maxOngoing",
        "maxQueued",
        "maxActive",
        "index"
    };

    private final RoutingPolicies policies;
    private final RouterFiles files;

    RouterReader(RoutingPolicies policies, RouterFiles files) {
        this.policies = policies;
        this.files = files;
    }

    /** Reads a router; refusals of policies are {@link IllegalArgumentException}s. */
    RouterPlan plan(Fields router, String node, String zone, RandomGenerator random) {
        router.only(KNOWN);
        String name = name(router);
        RequestRouter inner = inner(name, router);
        Fields with = router.object("with");
        Map<String, Object> parameters =
                with == null ? Map.of() : MAPPER.convertValue(with.node(), new TypeReference<Map<String, Object>>() {});
        Composition composition = composition(router);
        Fields compose = router.object("compose");
        boolean nearNode = compose == null
                || compose.list("locality").stream().anyMatch(l -> l.asText().equals("node"));
        boolean nearZone = compose == null
                || compose.list("locality").stream().anyMatch(l -> l.asText().equals("zone"));
        return RouterPlan.of(
                        name, new ComposedRouter(inner, composition), RouterSetup.Parameters.of(parameters), random)
                .near(nearNode ? node : "", nearZone ? zone : "");
    }

    private static String name(Fields router) {
        for (String key : new String[] {"jar", "source", "class"}) {
            if (router.has(key)) {
                return router.text(key);
            }
        }
        return router.text("policy", RoutingPolicies.DEFAULT);
    }

    private RequestRouter inner(String name, Fields router) {
        if (router.has("jar")) {
            return files.jar(name, router.has("class") ? Optional.of(router.text("class")) : Optional.empty());
        }
        if (router.has("source")) {
            return files.source(name);
        }
        return router.has("class") ? load(name, router) : policies.create(name);
    }

    /** Reads what chooses where the router fails. */
    RouterPlan fallback(Fields router, RandomGenerator random) {
        String name = router.text("fallback", "least-request");
        return RouterPlan.of(name, policies.create(name), RouterSetup.Parameters.of(Map.of()), random);
    }

    /** Returns {@code before} with what {@code router} says otherwise. */
    PoolSettings settings(PoolSettings before, Fields router) {
        PoolSettings settings = before.withMaxOngoing(router.small("maxOngoing", before.maxOngoing()))
                .withMaxQueued(router.small("maxQueued", before.maxQueued(), -1))
                .withMaxActive(router.small("maxActive", before.maxActive(), 1))
                .withLengthExpiry(router.duration("queueLengthCache", before.lengthExpiry()));
        Fields backoff = router.object("backoff");
        if (backoff != null) {
            backoff.only("initial", "multiplier", "max");
            PoolSettings.Backoff old = before.backoff();
            settings = settings.withBackoff(new PoolSettings.Backoff(
                    backoff.duration("initial", old.initial()),
                    backoff.number("multiplier", old.multiplier()),
                    backoff.duration("max", old.max())));
        }
        Fields probe = router.object("probe");
        if (probe != null) {
            probe.only("initial", "max");
            settings = settings.withProbe(new PoolSettings.ProbeLimits(
                    probe.duration("initial", before.probe().initial()),
                    probe.duration("max", before.probe().max())));
        }
        Fields index = router.object("index");
        if (index != null) {
            index.only("maxBlocks", "maxBytes", "indexResponses");
            PoolSettings.IndexLimits old = before.index();
            settings = settings.withIndex(new PoolSettings.IndexLimits(
                    index.small("maxBlocks", old.maxBlocks(), 1),
                    index.count("maxBytes", old.maxBytes(), 1),
                    old.blockTokens()));
        }
        return router.has("compose") ? settings.withFifo(fifo(router)) : settings;
    }

    /** Refuses what cannot be changed while the pool runs. */
    void onlySettings(Fields changed) {
        String[] known = new String[SETTINGS.length + 2];
        System.arraycopy(SETTINGS, 0, known, 2, SETTINGS.length);
        known[0] = "do";
        known[1] = "flow";
        changed.only(known);
    }

    private static Fifo fifo(Fields router) {
        Composition composition = composition(router);
        if (!composition.fifo()) {
            return Fifo.OFF;
        }
        if (composition.multiplex()) {
            return composition.sessions() ? Fifo.MODEL_OR_SESSION : Fifo.MODEL;
        }
        return composition.sessions() ? Fifo.SESSION : Fifo.ANY;
    }

    private static Composition composition(Fields router) {
        Fields compose = router.object("compose");
        if (compose == null) {
            return Composition.DEFAULT;
        }
        compose.only("session", "multiplex", "locality", "fifo");
        JsonNode session = compose.raw("session");
        boolean keepsSessions = session != null && !session.isNull() && !(session.isBoolean() && !session.asBoolean());
        for (String scope : compose.texts("locality")) {
            if (!scope.equals("node") && !scope.equals("zone")) {
                throw compose.bad("locality", "node, zone or both");
            }
        }
        return new Composition(
                compose.flag("multiplex", true),
                keepsSessions,
                !compose.list("locality").isEmpty(),
                compose.flag("fifo", false));
    }

    private static RequestRouter load(String name, Fields router) {
        try {
            Object instance = Class.forName(name).getConstructor().newInstance();
            if (instance instanceof RequestRouter loaded) {
                return loaded;
            }
            throw router.bad("class", "a RequestRouter");
        } catch (ClassNotFoundException e) {
            throw router.bad("class", "a class on the class path");
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw router.bad("class", "a public class with a public constructor without parameters");
        } catch (InvocationTargetException e) {
            throw router.bad("class", "a constructor that does not throw " + e.getCause());
        }
    }

    /** Returns a line of a script as a tree. */
    static ObjectNode parse(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new BadFieldException(line, "a JSON object");
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new BadFieldException("no JSON: " + line, "one JSON object");
        }
    }
}
