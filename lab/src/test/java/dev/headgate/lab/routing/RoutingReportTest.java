package dev.headgate.lab.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small workloads of every kind, compared byte for byte with the report in the tree. A run with HEADGATE_REWRITE_GOLDEN=1
 * rewrites it; the difference is then read like code.
 */
class RoutingReportTest {
    private static final Path GOLDEN = Path.of("src/test/resources/routing-golden.txt");

    @TempDir
    private Path folder;

    @Test
    void theReportIsTheOneInTheTree() throws IOException {
        String report = RoutingText.of(Labs.run(
                        Labs.COARSE,
                        Labs.POLICIES,
                        3,
                        2,
                        Labs.cell(Labs.bursts(), 6),
                        Labs.cell(Labs.generated("W3", 600), 1)))
                + "\n"
                + RoutingText.of(Labs.run(
                        Labs.FINE,
                        Labs.POLICIES,
                        3,
                        2,
                        Labs.cell(Labs.generated("W2", 900), 6),
                        Labs.cell(Labs.generated("W5", 900), 1.5),
                        Labs.cell(Labs.generated("W6", 900), 1)));
        if ("1".equals(System.getenv("HEADGATE_REWRITE_GOLDEN"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, report);
        }
        assertThat(report).isEqualTo(Files.readString(GOLDEN, StandardCharsets.UTF_8));
    }

    @Test
    void theDocumentHasWhatTheContractNames() throws IOException {
        RoutingReport report = Labs.run(
                Labs.COARSE, PolicySpec.parse("marginal-cost{lambda=0.2},gie"), 2, 1, Labs.cell(Labs.bursts(), 2));
        JsonNode root = new JsonMapper()
                .readTree(RoutingJson.of(report, new RoutingJson.Origin("headgate simulate", "1", "25", 1.5)));
        assertThat(root.path("schema").asText()).isEqualTo("headgate.simulate.routing/1");
        assertThat(root.at("/engine/constants/linUs").asDouble()).isEqualTo(22.2);
        assertThat(root.at("/inputs/0/quantumMs").asInt()).isEqualTo(3000);
        JsonNode result = root.at("/results/0");
        assertThat(result.at("/parameters/lambda").asDouble()).isEqualTo(0.2);
        assertThat(result.at("/metrics/goodputPct/values")).hasSize(2);
        assertThat(result.at("/metrics/ttftMs/p90/mean").asDouble())
                .isGreaterThanOrEqualTo(result.at("/metrics/ttftMs/p50/mean").asDouble());
        assertThat(result.at("/metrics/decisionMicros/p50/mean").isNull()).isTrue();
        JsonNode pair = root.at("/pairs/0");
        assertThat(pair.path("of").asInt()).isEqualTo(2);
        assertThat(pair.at("/ci95/0").asDouble())
                .isLessThanOrEqualTo(pair.path("meanDifference").asDouble());
        assertThat(root.at("/invariants/checked").asInt()).isEqualTo(12);
    }

    @Test
    void plotsAreWellFormedAndShowEveryPolicy() throws Exception {
        List<PolicySpec> policies = PolicySpec.parse("marginal-cost,gie,lmetric");
        RoutingReport report = Labs.run(Labs.COARSE, policies, 2, 1, Labs.cell(Labs.bursts(), 2));
        byte[] svg = RoutingPlot.svg(report);
        var texts = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg))
                .getElementsByTagName("text");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < texts.getLength(); i++) {
            all.append(texts.item(i).getTextContent()).append('\n');
        }
        assertThat(all.toString()).contains("marginal-cost", "gie", "lmetric", "bursts");
        assertThat(ImageIO.read(new ByteArrayInputStream(RoutingPlot.png(report)))
                        .getWidth())
                .isEqualTo(1920);
    }

    @Test
    void everyRequestOfARunHasItsLine() throws IOException {
        new Experiment(Labs.COARSE, PolicySpec.parse("gie{scorers=queue:1}"), LongStream.of(3), 1, run -> {})
                .keeping(new RunFiles(folder))
                .run(List.of(Labs.cell(Labs.bursts(), 2)));
        Path file = folder.resolve("bursts-x2-50ms-gie_scorers_queue_1_-3.csv");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(601);
        assertThat(lines.get(0)).startsWith("request,tenant,input_tokens");
        assertThat(lines.get(1)).startsWith("0,,").endsWith(",done");
    }
}
