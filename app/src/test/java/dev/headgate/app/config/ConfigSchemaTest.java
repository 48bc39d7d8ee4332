package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSchemaTest {
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final JsonSchema SCHEMA = SCHEMAS.getSchema(ConfigSchema.json());

    @Test
    void itIsASchemaItself() {
        JsonSchema meta = SCHEMAS.getSchema(SchemaLocation.of(SchemaId.V202012));
        assertThat(meta.validate(json(ConfigSchema.json()))).isEmpty();
    }

    @Test
    void itIsTheSameEachTime() {
        assertThat(ConfigSchema.json()).isEqualTo(ConfigSchema.json());
    }

    @Test
    void everyKeyIsExplainedAndNothingElse() {
        assertThat(ConfigSchema.meanings().stringPropertyNames())
                .containsExactlyInAnyOrderElementsOf(ConfigSchema.keys());
    }

    @Test
    void defaultsAreValuesThatTheSchemaAllows() {
        List<JsonNode> withDefault = json(ConfigSchema.json()).findParents("default");
        assertThat(withDefault)
                .hasSizeGreaterThan(70)
                .allSatisfy(schema -> assertThat(SCHEMAS.getSchema(schema).validate(schema.get("default")))
                        .as("%s", schema)
                        .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listen: {port: 0, tls: off}",
                "admin: off\naccessLog: true",
                "pools: {p: {dispatch: true}}",
                "pools: {p: {backends: [{id: a, url: h, priority: 1}], allFailed: 429, earlySpill: off}}",
                "pools: {p: {backends: [{url: h}], circuitBreaker: {}, outlier: , hedge: {after: p95}}}",
                "pools: {p: {backends: [{url: h}], timeouts: {ttft: auto, idle: 5s}, maxRequestBytes: 1MiB}}",
                "dispatch: {placement: {prefetch: false}}",
                "dispatch:",
            })
    void whatIsReadIsValid(String yaml) {
        assertThat(validated(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lisen: {port: 1}",
                "listen: {port: 65536}",
                "listen: {tls: {certFile: c}}",
                "pools: {p: {backends: [{url: h, priority: 0}]}}",
                "pools: {p: {backends: [{url: h, priority: \"1\"}]}}",
                "pools: {p: {backends: [{id: a}]}}",
                "pools: {p: {backends: [{url: h, credential: {header: cookie}}]}}",
                "pools: {p: {backends: [{url: h}], retryBudget: {percent: 101}}}",
                "pools: {p: {backends: [{url: h}], timeouts: {ttft: -5s}}}",
                "pools: {p: {backends: [{url: h}], selection: best}}",
                "routes: [{models: [m]}]",
                "shared: {}",
            })
    void whatIsRefusedIsNotValid(String yaml) {
        assertThat(validated(yaml)).isNotEmpty();
    }

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsValid(Path example) throws IOException {
        assertThat(validated(Files.readString(example))).isEmpty();
    }

    private static List<String> validated(String yaml) {
        return SCHEMA.validate(YamlJson.of(yaml)).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
