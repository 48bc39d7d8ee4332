package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CurlCommandsTest {
    @Test
    void commandsOfShellBlocksAreTakenAsTheyAre() {
        String markdown = """
                # Title

                ```sh
                ./headgate serve
                curl -s http://127.0.0.1:8080/health
                curl http://127.0.0.1:8080/v1/embeddings \\
                    -d '{"model": "m",
                         "input": "hello"}'
                curl http://127.0.0.1:8080/workers | head -c 10
                ```

                ```json
                curl is not run here
                ```

                curl is not run there
                """;
        assertThat(CurlCommands.in(markdown))
                .containsExactly(
                        "curl -s http://127.0.0.1:8080/health", """
                        curl http://127.0.0.1:8080/v1/embeddings \\
                            -d '{"model": "m",
                                 "input": "hello"}'""", "curl http://127.0.0.1:8080/workers | head -c 10");
    }

    @Test
    void textWithoutCommandsHasNone() {
        assertThat(CurlCommands.in("```sh\nls\n```\n")).isEmpty();
    }
}
