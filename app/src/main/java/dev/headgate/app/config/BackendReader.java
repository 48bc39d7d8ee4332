package dev.headgate.app.config;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.BackendTraits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.gateway.relay.BackendEdge;
import dev.headgate.gateway.relay.Credential;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the backends of one pool, and refuses what stands there twice. */
final class BackendReader {
    /** Ids and names of pools stand in header fields, metrics and paths. */
    static final Kind<String> NAME = Kind.text(
            "a name of letters, digits, dots, colons, hyphens and underscores, at most 128",
            text -> Optional.of(text).filter(BackendReader::isName));

    private static final Kind<Integer> LIMIT = Kind.integer(1, Integer.MAX_VALUE);
    private static final Kind<String> MODEL = Kind.text("a model");
    private static final Kind<String> LABEL = Kind.text("a word");

    private static final Kind<Protocol> PROTOCOL = Kind.choice(Protocol.class);

    /** What a backend says beside its answers. */
    private enum Protocol {
        /** Nothing. */
        PLAIN,
        /** How many requests it has, and that it does not take one. */
        HEADGATE
    }

    /** A backend as the core knows it and as the edge does. */
    record Pair(Backend backend, BackendEdge edge) {}

    /** What two backends may not have in common. */
    private record Likeness(String url, Credential credential, Map<String, String> models) {}

    private final List<Pair> pairs = new ArrayList<>();
    private final Set<String> ids = new HashSet<>(); // also of backends with problems
    private final Map<Likeness, String> idByLikeness = new LinkedHashMap<>();

    private BackendReader() {}

    static List<Pair> read(List<Section> sections) {
        BackendReader reader = new BackendReader();
        sections.forEach(reader::read);
        return List.copyOf(reader.pairs);
    }

    static boolean isName(String text) {
        return text.matches("[A-Za-z0-9._:-]{1,128}");
    }

    private void read(Section section) {
        Optional<String> id = section.optional("id", NAME);
        Optional<BackendUrl> url = url(section);
        int priority = section.value("priority", Kind.integer(1, 1000), 1);
        int weight = section.value("weight", Kind.integer(0, 1000), 1);
        Credential own = CredentialReader.read(section.secretSection("credential"));
        boolean forwards = section.value("forwardCredentials", Kind.flag(), false);
        Map<String, String> models = section.words("models", MODEL).orElse(Map.of());
        BackendLimits limits = limits(section.section("limits"));
        Backend.Prefill prefill = section.value("prefill", Kind.choice(Backend.Prefill.class), Backend.Prefill.NONE);
        Optional<Path> caFile = Pem.certificates(section, "caFile");
        BackendTraits traits = new BackendTraits(
                PlaceReader.read(section),
                section.words("labels", LABEL).orElse(Map.of()),
                section.value("protocol", PROTOCOL, Protocol.PLAIN) == Protocol.HEADGATE);
        section.end();
        if (forwards && !own.equals(Credential.NONE)) {
            section.problem("forwardCredentials", "true (expected: false, as the backend has a credential of its own)");
        }
        boolean isSound = section.isSound();
        Optional<String> name = section.has("id") ? id : url.map(BackendUrl::name);
        if (name.isPresent() && !ids.add(name.get())) {
            section.problem("id", name.get() + " (expected: an id that no other backend of the pool has)");
        }
        if (url.isEmpty() || name.isEmpty() || !isSound) {
            return;
        }
        BackendUrl place = url.get();
        Credential credential = forwards ? Credential.FORWARDED : own;
        BackendEdge edge = new BackendEdge(
                name.get(), place.isTls(), place.host(), place.port(), place.path(), credential, caFile.orElse(null));
        Backend backend = new Backend(
                new EndpointId(edge.id()),
                edge.url(),
                priority,
                weight,
                models,
                limits,
                owner(credential),
                prefill,
                traits);
        add(section, new Pair(backend, edge));
    }

    private void add(Section section, Pair pair) {
        pairs.add(pair);
        Likeness likeness = new Likeness(
                pair.edge().url(), pair.edge().credential(), pair.backend().models());
        String twin = idByLikeness.putIfAbsent(likeness, pair.edge().id());
        if (twin != null) {
            section.problem(
                    "url",
                    pair.edge().url() + " (expected: a url, credential or models that differ from those of backend "
                            + twin + ")");
        }
    }

    private static Optional<BackendUrl> url(Section section) {
        Optional<BackendUrl> url = section.required("url", BackendUrl.KIND);
        String prefix = section.value("pathPrefix", BackendUrl.PREFIX, "");
        if (url.isPresent() && section.has("pathPrefix") && !url.get().path().isEmpty()) {
            section.problem(
                    "pathPrefix",
                    (prefix.isEmpty() ? "\"\"" : prefix) + " (expected: none, as the url has the path "
                            + url.get().path() + ")");
        }
        Optional<BackendUrl> place = url.map(given -> given.path().isEmpty() ? given.withPath(prefix) : given);
        place.flatMap(BackendUrl::doubt).ifPresent(doubt -> section.warning("url", doubt));
        return place;
    }

    private static BackendLimits limits(Section section) {
        BackendLimits limits = new BackendLimits(
                section.optional("rpm", LIMIT).orElse(0),
                section.optional("tpm", LIMIT).orElse(0),
                section.optional("maxConcurrent", LIMIT).orElse(0),
                section.optional("contextTokens", LIMIT).orElse(0));
        section.end();
        return limits;
    }

    private static Backend.Credential owner(Credential credential) {
        return switch (credential) {
            case Credential.None _ -> Backend.Credential.NONE;
            case Credential.Forwarded _ -> Backend.Credential.FORWARDED;
            case Credential.Key _ -> Backend.Credential.OWN;
            case Credential.Tokens _ -> Backend.Credential.TOKEN_PROVIDER;
        };
    }
}
