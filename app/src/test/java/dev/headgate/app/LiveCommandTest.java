package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs a server in a process of its own, for seconds; how close the two are is for a quiet machine to say. */
class LiveCommandTest {
    private record Ran(int exitCode, String out, String err) {}

    private static Ran run(String arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(("simulate live " + arguments).split(" ", -1));
        return new Ran(exitCode, out.toString(), err.toString());
    }

    @Test
    void theGatewayAnswersEveryRequestBesideItsSimulation() throws IOException {
        Ran ran = run("--workload W5 --speedup 0.3 --replicas 2 --policy marginal-cost{lambda=0.2;explore=0}"
                + " --seeds 1 --seconds 3 --warm-up 1 --tolerance 1e9 --json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        JsonNode report = new JsonMapper().readTree(ran.out());
        assertThat(report.path("schema").asText()).isEqualTo("headgate.simulate.live/1");
        assertThat(report.path("policy").asText()).isEqualTo("marginal-cost{lambda=0.2;explore=0}");
        JsonNode completed = report.path("metrics").path("completed");
        assertThat(completed.path("live").asInt())
                .isEqualTo(report.path("requests").asInt());
        assertThat(completed.path("simulated").asInt())
                .isEqualTo(report.path("requests").asInt())
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--workload W5 --policy lmetric,lpwl | 2 policies under 1 conditions (expected: one policy, one workload",
                "--workload W5 --speedup 1,2 | 1 policies under 2 conditions (expected: one policy, one workload, one speed)",
                "--workload W5 --policy dynamo | --policy: dynamo (expected: one of marginal-cost, ",
                "--workload W7 | --workload: W7 (expected: one without a fleet or adapters of its own)",
                "--workload W5 --routers 2 | --routers: 2 (expected: 1, a run has one gateway)",
                "--workload W5 --engine coarse | indexBlockTokens: 512 (expected: 64, the gateway's)",
            })
    void whatCannotBePlayedIsNamed(String arguments, String message) {
        Ran ran = run(arguments.strip());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains(message.strip());
    }
}
