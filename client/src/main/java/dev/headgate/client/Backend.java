package dev.headgate.client;

import dev.headgate.core.pool.Backend.Prefill;
import dev.headgate.core.pool.BackendAddress;
import dev.headgate.core.pool.BackendLimits;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server that requests may go to, with its key. Immutable; its key is in no {@code toString} and no log.
 *
 * <p>Without a key or a token provider, the credentials that the application's SDK puts in go to it unchanged.
 */
public final class Backend {
    private static final Credential CALLERS = new Credential("", "", null);

    private final String id;
    private final BackendAddress address;
    private final String url; // up to where the path of a request begins
    private final int priority;
    private final int weight;
    private final Credential credential;
    private final Map<String, String> models;
    private final BackendLimits limits;
    private final Prefill prefill;

    private Backend(
            String id,
            BackendAddress address,
            int priority,
            int weight,
            Credential credential,
            Map<String, String> models,
            BackendLimits limits,
            Prefill prefill) {
        this.id = id;
        this.address = address;
        this.url = address.url();
        this.priority = priority;
        this.weight = weight;
        this.credential = credential;
        this.models = Map.copyOf(models);
        this.limits = limits;
        this.prefill = prefill;
    }

    /**
     * Returns a backend of weight 1.
     *
     * @param url {@code http://} or {@code https://}, a host, and if need be a port and a path that goes before that of
     *     requests; a host, or a host and a port, alone means {@code https}
     * @param priority 1–1000, lower is tried first
     * @throws IllegalArgumentException if one of them is not that
     */
    public static Backend of(String url, int priority) {
        BackendAddress address = BackendAddress.parse(url.strip())
                .orElseThrow(() -> new IllegalArgumentException("url: '" + BackendAddress.withoutSecrets(url)
                        + "' (expected: " + BackendAddress.EXPECTED + ")"));
        if (priority < 1 || priority > 1000) {
            throw new IllegalArgumentException("priority: " + priority + " (expected: integer 1..1000)");
        }
        return new Backend(
                address.authority(), address, priority, 1, CALLERS, Map.of(), BackendLimits.NONE, Prefill.NONE);
    }

    /** Returns it under another name, which logs and {@link FailoverClient#backends} show; the host is the default. */
    public Backend withId(String other) {
        if (other.isBlank()) {
            throw new IllegalArgumentException("id: '' (expected: a name)");
        }
        return new Backend(other, address, priority, weight, credential, models, limits, prefill);
    }

    /**
     * Returns it with a path that goes before that of requests.
     *
     * @throws IllegalArgumentException if there is one in the URL, or it has empty, {@code .} or {@code ..} segments
     */
    public Backend withPath(String path) {
        if (!address.path().isEmpty()) {
            throw new IllegalArgumentException(
                    "path: '" + path + "' (expected: none, as the URL has " + address.path() + ")");
        }
        String before = BackendAddress.path(path)
                .orElseThrow(() -> new IllegalArgumentException(
                        "path: '" + path + "' (expected: " + BackendAddress.EXPECTED_PATH + ")"));
        return new Backend(id, address.withPath(before), priority, weight, credential, models, limits, prefill);
    }

    /** Returns it with a share of its tier, 0–1000; 0 = never picked. */
    public Backend withWeight(int other) {
        if (other < 0 || other > 1000) {
            throw new IllegalArgumentException("weight: " + other + " (expected: integer 0..1000)");
        }
        return new Backend(id, address, priority, other, credential, models, limits, prefill);
    }

    /** Returns it with a key of its own in the field {@code api-key}, as Azure OpenAI has it. */
    public Backend withApiKey(String key) {
        return with(Credential.key("api-key", key));
    }

    /** Returns it with a key of its own after {@code Bearer} in the field {@code Authorization}, as OpenAI has it. */
    public Backend withBearerKey(String key) {
        return with(Credential.key("Authorization", "Bearer " + key));
    }

    /** Returns it with tokens of its own in the field {@code Authorization}. */
    public Backend withTokenProvider(TokenProvider provider) {
        return with(new Credential("Authorization", "", Objects.requireNonNull(provider, "provider")));
    }

    /** Returns it as one that serves only these: requested name → name of the model or deployment there. */
    public Backend withModels(Map<String, String> other) {
        return new Backend(id, address, priority, weight, credential, other, limits, prefill);
    }

    /** Returns it with limits, which are kept without asking it. */
    public Backend withLimits(BackendLimits other) {
        return new Backend(id, address, priority, weight, credential, models, other, prefill);
    }

    /** Returns it as one that continues an answer that was begun elsewhere. */
    public Backend withPrefill(Prefill other) {
        return new Backend(id, address, priority, weight, credential, models, limits, other);
    }

    private Backend with(Credential other) {
        return new Backend(id, address, priority, weight, other, models, limits, prefill);
    }

    /** Returns its name. */
    public String id() {
        return id;
    }

    /** Returns its tier, 1–1000. */
    public int priority() {
        return priority;
    }

    /** Returns its URL up to where the path of a request begins. */
    String url() {
        return url;
    }

    Credential credential() {
        return credential;
    }

    /** Returns it as the core sees it, which is without its key. */
    dev.headgate.core.pool.Backend routed() {
        dev.headgate.core.pool.Backend.Credential kind = credential.provider() != null
                ? dev.headgate.core.pool.Backend.Credential.TOKEN_PROVIDER
                : credential.isOwn()
                        ? dev.headgate.core.pool.Backend.Credential.OWN
                        : dev.headgate.core.pool.Backend.Credential.FORWARDED;
        return new dev.headgate.core.pool.Backend(
                new dev.headgate.core.pool.EndpointId(id), url, priority, weight, models, limits, kind, prefill);
    }

    /** Returns whether requests to both would be the same: that is one backend, twice. */
    boolean isSameAs(Backend other) {
        return address.equals(other.address) && credential.isSameAs(other.credential) && models.equals(other.models);
    }

    /** Names it; its key is not shown. */
    @Override
    public String toString() {
        return "Backend[" + id + ", " + url + ", priority " + priority + "]";
    }

    /**
     * What it is shown.
     *
     * @param field where it stands; empty = what the application put in goes there
     * @param value the whole value; empty if a provider gives it
     * @param provider who gives it; null = nobody
     */
    record Credential(String field, String value, @Nullable TokenProvider provider) {
        static Credential key(String field, String value) {
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                    throw new IllegalArgumentException("apiKey: *** (expected: printable ASCII without line ends)");
                }
            }
            if (value.isBlank() || value.equals("Bearer ")) {
                throw new IllegalArgumentException("apiKey: '' (expected: a key)");
            }
            return new Credential(field, value, null);
        }

        boolean isOwn() {
            return !field.isEmpty();
        }

        boolean isSameAs(Credential other) {
            return field.equals(other.field) && value.equals(other.value) && provider == other.provider;
        }

        @Override
        public String toString() {
            return "Credential[" + field + ": …]";
        }
    }
}
