package dev.headgate.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.route.RouterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The router of a pool as JSON gives it, in the place of the one in the configuration file; its keys are the same.
 *
 * @param settings what it says
 * @param files what a change of is a change of the configuration
 */
public record RouterObject(RouterSettings settings, Set<Path> files) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public RouterObject {
        files = Set.copyOf(files);
    }

    /**
     * Reads that of a pool of backends; relative paths start at the folder of the configuration {@code file}.
     *
     * @param allowed what it may bring
     * @throws ConfigException with every problem found
     */
    public static RouterObject read(String json, Path file, Allowed allowed) {
        return read(json, file, allowed, pool -> RouterReader.read(pool, true));
    }

    /** Reads that of the workers, otherwise as {@link #read}. */
    public static RouterObject ofWorkers(String json, Path file, Allowed allowed) {
        return read(json, file, allowed, pool -> WorkerRouterReader.read(pool, true));
    }

    private static RouterObject read(
            String json, Path file, Allowed allowed, Function<Section, @Nullable RouterSettings> reader) {
        Problems problems = new Problems("request");
        Reading reading = Reading.of(file, problems, System::getenv);
        Section pool = new Section(reading, YamlTree.ofText("{\"router\": " + object(json, allowed) + "}", problems));
        RouterSettings settings = reader.apply(pool);
        problems.throwIfAny();
        if (settings == null) {
            throw new ConfigException(List.of("request: no router (expected: an object)"));
        }
        return new RouterObject(settings, reading.files());
    }

    /** Returns JSON that is surely one object. */
    private static String object(String json, Allowed allowed) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                if (object.isEmpty()) {
                    throw new ConfigException(
                            List.of("request: an empty object (expected: policy, class, jar or source;"
                                    + " DELETE returns to the router of the file)"));
                }
                allowed.check(object);
                return object.toString();
            }
        } catch (JsonProcessingException e) {
            throw new ConfigException(List.of("request: no JSON (expected: a router as an object)"));
        }
        throw new ConfigException(List.of("request: not an object (expected: a router as an object)"));
    }

    /** What operators may bring, beside the names of policies: code runs with all that Headgate may do. */
    public enum Allowed {
        /** Nothing else. */
        POLICIES,
        /** Code that the server can read. */
        CODE,
        /** That, and code in the request itself. */
        TEXT;

        /** Returns what the operators of {@code config} may: whoever is not asked for a token brings no code. */
        public static Allowed by(ServeConfig config) {
            AdminConfig admin = config.admin();
            if (admin == null || (admin.tokenFile() == null && !config.insecure())) {
                return POLICIES;
            }
            return admin.allowsRouterSource() ? TEXT : CODE;
        }

        private void check(ObjectNode router) {
            for (String key : List.of("source", "jar", "class", "sourceText")) {
                if (router.has(key) && this == POLICIES) {
                    throw new ConfigException(List.of("request: router." + key
                            + ": given (expected: a policy, as operators are not asked for a token: admin.tokenFile)"));
                }
            }
            if (router.has("sourceText") && this != TEXT) {
                throw new ConfigException(List.of("request: router.sourceText: given"
                        + " (expected: source, with a file, as admin.allowRouterSource is not true)"));
            }
        }
    }
}
