package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminClientTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "404 | {\"message\":\"m\",\"error\":{\"message\":\"no such pool\"}} | no such pool",
                "422 | {\"error\":\"router.policy: p3c is unknown\"} | router.policy: p3c is unknown",
                "400 | {\"message\":\"no\"} | no",
                "401 | {\"message\":\"the token is wrong\"} | the token is wrong (--token-file names a file with it)",
                "502 | oops | the admin address answered 502: oops",
                "500 | {} | the admin address answered 500: {}",
            })
    void errorIsToldAsTheGatewayTellsIt(int status, String body, String sentence) {
        assertThat(AdminClient.sentence(status, body)).isEqualTo(sentence);
    }
}
