package dev.headgate.worker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {
    @Test
    void everyTextIsInOneBatchThatWastesLittle() {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<long[]> texts = new ArrayList<>();
            int count = random.nextInt(80);
            for (int i = 0; i < count; i++) {
                texts.add(new long[2 + random.nextInt(200)]);
            }
            List<int[]> batches = Batches.of(texts, false);

            assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(IntStream.range(0, count).toArray());
            for (int[] batch : batches) {
                int longest =
                        Arrays.stream(batch).map(i -> texts.get(i).length).max().orElseThrow();
                int tokens = Arrays.stream(batch).map(i -> texts.get(i).length).sum();
                assertThat(batch.length).isLessThanOrEqualTo(32);
                assertThat(tokens).isGreaterThanOrEqualTo((int) (0.75 * longest * batch.length));
            }
        }
    }

    @Test
    void quantisedGraphsGetOneTextAtATime() {
        assertThat(Batches.of(List.of(new long[3], new long[3], new long[3]), true))
                .hasSize(3)
                .allMatch(batch -> batch.length == 1);
    }
}
