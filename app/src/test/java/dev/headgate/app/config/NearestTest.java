package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestTest {
    private static final List<String> KNOWN = List.of("serve", "worker", "pending", "pendingBytes", "ttl");

    @ParameterizedTest
    @CsvSource({
        "srve, serve",
        "sevre, serve",
        "Serve, serve",
        "pendng, pending",
        "pendingbytes, pendingBytes",
        "tl, ttl"
    })
    void typingErrorFindsItsWord(String word, String meant) {
        assertThat(Nearest.to(word, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zebra", "deploy", "x"})
    void otherWordFindsNone(String word) {
        assertThat(Nearest.to(word, KNOWN)).isEmpty();
    }

    @Test
    void tiesGoToTheFirstInOrder() {
        assertThat(Nearest.to("cat", List.of("car", "bat"))).contains("bat");
    }
}
