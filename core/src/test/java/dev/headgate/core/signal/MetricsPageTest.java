package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.testing.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of Prometheus' text format, as far as single series are read from it. */
class MetricsPageTest {
    private final MetricSeries plain = MetricSeries.latest(MetricSelector.of("n"), "a");
    private final MetricSeries labelled = MetricSeries.latest(MetricSelector.of("n{a=b}"));
    private final MetricSeries largest = MetricSeries.largest(MetricSelector.of("info"), "who");
    private final MetricsPage page = new MetricsPage(List.of(plain, labelled, largest));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "n 1                         | 1",
                "n 1 1700000000000           | 1",
                "  n\t 2.5e-1                | 0.25",
                "n{} 3                       | 3",
                "n{a=\"b\"} 4                | 4",
                "n{ a = \"b\" , } 4          | 4",
                "n {a=\"}, # x\"} 5          | 5",
                "n{a=\"say \\\"hi\\\"\"} 6   | 6",
                "n{zone=\"Zürich\"} -7       | -7",
                "n NaN                       | NaN",
                "n +Inf                      | Infinity",
                "n -inf                      | -Infinity",
                "n 8 # {trace=\"x\"} 1       | 8"
            })
    void samplesAreRead(String line, Double value) {
        read(line + "\n");
        assertThat(plain.isFound()).isTrue();
        assertThat(Double.valueOf(plain.value())).isEqualTo(value);
        read(line + "\r\n");
        assertThat(Double.valueOf(plain.value()))
                .as("with the line ends of HTTP")
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "n",
                "n ",
                "n x",
                "n 0x1p3",
                "n 1d",
                "n 1 soon",
                "n{a=\"b\" 1",
                "n{a=\"b} 1",
                "n{a=b} 1",
                "n{a\"b\"} 1",
                "n{=\"b\"} 1",
                "n{a=\"b\"c=\"d\"} 1",
                "n_total 1",
                "nn 1",
                "# n 1",
                "<html>"
            })
    void whatIsNoSampleIsPassedOver(String line) {
        read("m 1\n" + line + "\nm 2\n");
        assertThat(plain.isFound()).isFalse();
    }

    @Test
    void labelsSelectAndFurtherOnesDoNotMatter() {
        read("n{a=\"c\"} 1\nn{x=\"y\",a=\"b\",z=\"\"} 2\nn{a=\"b\"} 3\n");
        assertThat(labelled.value()).isEqualTo(2);
        assertThat(plain.text()).isEqualTo("c");
    }

    @Test
    void latestTimeWinsAndOfEqualOnesTheFirst() {
        read("n 1 100\nn 2 300\nn 3 300\nn 4 200\nn 5\n");
        assertThat(plain.value()).isEqualTo(2);
    }

    @Test
    void largestValueWinsWhereThatIsTheRule() {
        read("info{who=\"a\"} 5\ninfo{who=\"b\"} 7\ninfo{who=\"c\"} 6\n");
        assertThat(largest.text()).isEqualTo("b");
    }

    @Test
    void escapesOfLabelsAreUndone() {
        read("n{a=\"x\\ny \\\\ \\\"z\\\"\"} 1\n");
        assertThat(plain.text()).isEqualTo("x\ny \\ \"z\"");
    }

    @Test
    void distributionsAreNotNumbers() {
        read("# TYPE n summary\nn{quantile=\"0.5\"} 3\nn_sum 4\n");
        assertThat(plain.isFound()).isFalse();
        read("# HELP n How many.\n# TYPE n gauge\nn 3\n");
        assertThat(plain.value()).isEqualTo(3);
    }

    @Test
    void lastLineNeedsNoEndAndAPageForgetsTheOneBefore() {
        read("m 1\nn 2");
        assertThat(plain.value()).isEqualTo(2);
        read("m 1\n");
        assertThat(plain.isFound()).isFalse();
    }

    @Test
    void lineThatIsTooLongIsPassedOver() {
        String padding = "x".repeat(MetricsPage.MOST_LINE_BYTES);
        read("n{a=\"" + padding + "\"} 1\nn 2\n");
        assertThat(plain.value()).isEqualTo(2);
        read("n{a=\"" + "y".repeat(MetricsPage.MOST_LINE_BYTES / 2) + "\"} 3\n");
        assertThat(plain.value()).isEqualTo(3);
    }

    @Test
    void pageReadsTheSameHoweverItWasCut() {
        Seeds.each(60, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = page(random).getBytes(StandardCharsets.UTF_8);
            page.begin();
            page.read(ByteBuffer.wrap(bytes));
            page.end();
            long hash = page.hash();
            Double value = plain.value();

            page.begin();
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 7 : 9000));
                page.read(ByteBuffer.wrap(bytes, at, length));
                at += length;
            }
            page.end();

            assertThat(page.hash()).isEqualTo(hash);
            assertThat(Double.valueOf(plain.value())).isEqualTo(value);
        });
    }

    @Test
    void anyChangeChangesTheHash() {
        Seeds.each(60, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = page(random).getBytes(StandardCharsets.UTF_8);
            read(new String(bytes, StandardCharsets.UTF_8));
            long hash = page.hash();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= 1;
            page.begin();
            page.read(ByteBuffer.wrap(bytes));
            page.end();
            assertThat(page.hash()).isNotEqualTo(hash);
        });
    }

    @Test
    void garbageNeverThrows() {
        Seeds.each(300, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            String alphabet = "n{}a=b\"\\,# 1.eEinf-+TYPE\t\r\nNa";
            StringBuilder text = new StringBuilder("n");
            for (int i = random.nextInt(400); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            read(text.toString());
            assertThat(Double.isNaN(plain.value()) || plain.isFound()).isTrue();
        });
    }

    private static String page(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int lines = random.nextInt(1, 400); lines > 0; lines--) {
            switch (random.nextInt(5)) {
                case 0 -> text.append("n{a=\"b\"} ").append(random.nextInt());
                case 1 -> text.append("# HELP n ").append("word ".repeat(random.nextInt(40)));
                case 2 -> text.append("");
                default ->
                    text.append("other_bucket{le=\"").append(random.nextInt()).append("\"} 1.0");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void read(String text) {
        page.begin();
        page.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        page.end();
    }
}
