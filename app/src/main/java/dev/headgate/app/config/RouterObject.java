package dev.headgate.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.route.RouterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

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
     * Reads one; relative paths start at the folder of the configuration {@code file}.
     *
     * @param allowsSource whether it may be the text of a source
     * @throws ConfigException with every problem found
     */
    public static RouterObject read(String json, Path file, boolean allowsSource) {
        Problems problems = new Problems("request");
        Reading reading = Reading.of(file, problems, System::getenv);
        Section pool =
                new Section(reading, YamlTree.ofText("{\"router\": " + object(json, allowsSource) + "}", problems));
        RouterSettings settings = RouterReader.read(pool, true);
        problems.throwIfAny();
        if (settings == null) {
            throw new ConfigException(List.of("request: no router (expected: an object)"));
        }
        return new RouterObject(settings, reading.files());
    }

    /** Returns JSON that is surely one object. */
    private static String object(String json, boolean allowsSource) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                if (object.has("sourceText") && !allowsSource) {
                    throw new ConfigException(
                            List.of("request: router.sourceText: given (expected: source, with a file,"
                                    + " as admin.allowRouterSource is not true)"));
                }
                return object.toString();
            }
        } catch (JsonProcessingException e) {
            throw new ConfigException(List.of("request: no JSON (expected: a router as an object)"));
        }
        throw new ConfigException(List.of("request: not an object (expected: a router as an object)"));
    }
}
