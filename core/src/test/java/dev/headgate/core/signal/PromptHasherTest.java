package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PromptHasherTest {
    private final PromptHasher hasher = new PromptHasher();

    @Test
    void hashesAreTheSameHoweverTheTextWasCut() {
        Seeds.each(50, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] text = new byte[random.nextInt(5000)];
            random.nextBytes(text);
            Prompt whole = hash(text);

            hasher.start("m");
            for (int at = 0; at < text.length; ) {
                int to = Math.min(text.length, at + random.nextInt(600));
                hasher.update(text, at, to);
                at = to;
            }

            assertThat(hasher.prompt()).isEqualTo(whole);
            assertThat(whole.blocks()).isEqualTo(text.length / 256);
            assertThat(whole.tokens()).isEqualTo((text.length + 3) / 4);
        });
    }

    @Test
    void blocksAreEqualUpToTheFirstDifferenceAndDifferentFromThereOn() {
        Seeds.each(50, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] text = new byte[256 * 20];
            random.nextBytes(text);
            Prompt before = hash(text);
            int changed = random.nextInt(text.length);
            text[changed] ^= (byte) (1 << random.nextInt(8));
            Prompt after = hash(text);
            for (int k = 0; k < 20; k++) {
                assertThat(after.block(k) == before.block(k)).isEqualTo(k < changed / 256);
            }
        });
    }

    @Test
    void rootsAreToldApartByTheirParts() {
        byte[] text = new byte[256];
        Set<Long> hashes = new HashSet<>();
        String[][] roots = {{}, {""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"b", "a"}};
        for (String[] root : roots) {
            hasher.start(root);
            hasher.update(text, 0, text.length);
            hashes.add(hasher.prompt().block(0));
        }
        assertThat(hashes).hasSameSizeAs(roots);
    }

    @Test
    void hundredThousandSimilarBlocksDoNotCollide() {
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            byte[] text = String.format("%-256d", i).getBytes(StandardCharsets.US_ASCII);
            hasher.start("m");
            hasher.update(text, 0, text.length);
            hashes.add(hasher.prompt().block(0));
        }
        assertThat(hashes).hasSize(100_000);
    }

    @Test
    void sixtyFourTokensMakeABlock() {
        hasher.start("m");
        for (int id = 0; id < 200; id++) {
            hasher.token(id);
        }
        Prompt prompt = hasher.prompt();

        assertThat(prompt.tokens()).isEqualTo(200);
        assertThat(prompt.blocks()).isEqualTo(3);
        assertThat(prompt.blockTokens()).isEqualTo(64);
    }

    @Test
    void whatIsBeyondTheBoundOnlyCounts() {
        byte[] text = new byte[1_000_001];

        Prompt prompt = hash(text);

        assertThat(prompt.blocks()).isEqualTo(2048);
        assertThat(prompt.tokens()).isEqualTo(250_001);
        hasher.start("m");
        for (int i = 0; i < 140_000; i++) {
            hasher.token(i);
        }
        assertThat(hasher.prompt().blocks()).isEqualTo(2048);
        assertThat(hasher.tokens()).isEqualTo(140_000);
    }

    private Prompt hash(byte[] text) {
        hasher.start("m");
        hasher.update(text, 0, text.length);
        return hasher.prompt();
    }
}
