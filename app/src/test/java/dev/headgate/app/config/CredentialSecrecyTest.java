package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that is printed holds a credential, and no stranger comes to spend one. */
class CredentialSecrecyTest {
    @TempDir
    private Path folder;

    private ConfigFolder config;

    @BeforeEach
    void files() {
        config = new ConfigFolder(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "https://me:secret@h, https://***@h",
        "me:secret@h, ***@h",
        "https://h?key=secret, https://h?***",
        "h/x#secret, h/x?***",
        "https://me@secret@h/?a=secret, https://***@h/?***"
    })
    void userAndQueryOfAUrlAreRefusedAndNotShown(String url, String shown) {
        assertThat(config.problems("pools: {p: {backends: [{url: \"" + url + "\"}]}}"))
                .singleElement()
                .asString()
                .startsWith(":1: pools.p.backends[0].url: " + shown + " (expected: http://")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "credential: my-secret",
                "credential: [my-secret]",
                "credential: {apiKey: [my-secret]}",
                "credential: {apiKey: 'my secret'}",
                "credential: {apiKey: 'secret${NOT_SET}'}",
                "credential: {apiKey: 'secret${'}",
                "credential: {apiKey: '${BROKEN}'}",
                "credential: {apiKey: !secret}",
                "credential: {apiKey: *secret}",
                "credential: {apiKeyFile: two.key}",
                "credential: {header: my-long-and-well-guarded-secret}",
                "credential: {tokenProvider: my-long-and-well-guarded-secret}",
                "credential: {my-long-and-well-guarded-secret}",
                "credential: {my-long-and-well-guarded-secret, my-long-and-well-guarded-secret}",
            })
    void noProblemShowsACredential(String yaml) {
        List<String> problems = config.problems("pools: {p: {backends: [{url: h, " + yaml + "}]}}");
        assertThat(problems)
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).doesNotContain("secret"));
    }

    @Test
    void ownCredentialBehindAnOpenListenerStopsTheStart() {
        String open = "listen: {host: 0.0.0.0}\n";
        String own = "pools: {p: {backends: [{url: h, credential: {apiKey: k}}]}}\n";
        assertThat(config.problems(open + own))
                .containsExactly(":1: listen.host: 0.0.0.0 (expected: a loopback address, or tokens in auth.clients,"
                        + " or insecure: true)");
        assertThat(config.read(open + ConfigFolder.ONE).relay()).isNotNull();
        assertThat(config.read("insecure: true\n" + open + own).relay()).isNotNull();
        assertThat(config.read("auth: {clients: [{tenant: t, tokenFile: c.token}]}\n" + open + own)
                        .relay())
                .isNotNull();
    }
}
