package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.app.SeedComparison.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Headgate beside openai-priority-loadbalancer, whose idea it continues, before the same throttling backends.
 *
 * <p>The table is left in {@code app/target/seed-comparison.md}; {@code -Dseed.requests=N} asks N times per line.
 */
class SeedComparisonTest {
    private static final Path TABLE = Path.of("target/seed-comparison.md");

    @Test
    void losesNothingWastesLessAndStreamsAtOnce(@TempDir Path folder) throws IOException, InterruptedException {
        int requests = Integer.getInteger("seed.requests", 100);
        List<Row> rows = SeedComparison.run(folder, requests);
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, SeedComparison.table(rows, requests));
        assertThat(rows.stream()
                        .filter(row -> row.balancer().equals("headgate"))
                        .mapToInt(Row::lost))
                .as("requests lost, fault by fault")
                .containsOnly(0);
        assertThat(wasted("headgate", rows)).as("attempts wasted").isLessThan(wasted("seed", rows));
        assertThat(medianFirstByteMillis("headgate", rows))
                .as("milliseconds to the first byte of a stream")
                .isLessThan(medianFirstByteMillis("seed", rows));
    }

    private static int wasted(String balancer, List<Row> rows) {
        return rows.stream()
                .filter(row -> row.balancer().equals(balancer))
                .mapToInt(Row::wasted)
                .sum();
    }

    private static double medianFirstByteMillis(String balancer, List<Row> rows) {
        List<Double> all = rows.stream()
                .filter(row -> row.balancer().equals(balancer))
                .flatMap(row -> row.firstBytes().stream())
                .sorted()
                .toList();
        return all.get(all.size() / 2);
    }
}
