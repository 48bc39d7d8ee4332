package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
    private final PrefixMatches matches = new PrefixMatches();

    @Test
    void matchIsTheLongestUnbrokenRunOfEachEndpoint() {
        PrefixIndex index = new PrefixIndex(100, 1 << 20);
        int[] slots = {index.join(), index.join(), index.join(), index.join()};
        index.write(slots[0], prompt(1, 2, 3, 4));
        index.write(slots[1], prompt(1, 2));
        index.write(slots[2], prompt(1, 2, 3, 9));
        index.remove(slots[2], 2);

        index.match(prompt(1, 2, 3, 4, 5), matches);

        assertThat(IntStream.of(slots).map(matches::blocks)).containsExactly(4, 2, 1, 0);
    }

    @Test
    void longestUnusedBlockIsForgottenFirstAndTheEndOfAChainBeforeItsBeginning() {
        PrefixIndex index = new PrefixIndex(4, 1 << 20);
        int slot = index.join();
        index.write(slot, prompt(1, 2, 3));
        index.write(slot, prompt(11, 12));

        assertThat(index.holds(slot, 3)).isFalse();
        assertThat(LongStream.of(1, 2, 11, 12)).allMatch(block -> index.holds(slot, block));
    }

    @Test
    void chainLongerThanTheBoundKeepsItsBeginning() {
        PrefixIndex index = new PrefixIndex(3, 1 << 20);
        int slot = index.join();
        index.write(slot, prompt(1, 2, 3, 4, 5));

        index.match(prompt(1, 2, 3, 4, 5), matches);
        assertThat(matches.blocks(slot)).isEqualTo(3);
    }

    @Test
    void cacheOfAnotherSizeHoldsWhatFits() {
        PrefixIndex index = new PrefixIndex(2, 1 << 20);
        int slot = index.join();
        index.resize(slot, 5);
        index.write(slot, prompt(1, 2, 3, 4, 5));
        assertThat(index.blocks(slot)).isEqualTo(5);

        index.resize(slot, 3);

        assertThat(LongStream.of(1, 2, 3)).allMatch(block -> index.holds(slot, block));
        assertThat(index.blocks(slot)).isEqualTo(3);
        assertThat(index.inconsistency(List.of(1L, 2L, 3L, 4L, 5L))).isEmpty();
        index.write(slot, prompt(11, 12));
        assertThat(index.blocks(slot)).isEqualTo(3);
    }

    @Test
    void withdrawnWriteLeavesWhatAnAnswerHasConfirmed() {
        PrefixIndex index = new PrefixIndex(100, 1 << 20);
        int slot = index.join();
        index.write(slot, prompt(1, 2));
        index.confirm(slot, prompt(1, 2));
        index.write(slot, prompt(1, 2, 3, 4));

        index.withdraw(slot, prompt(1, 2, 3, 4));

        index.match(prompt(1, 2, 3, 4), matches);
        assertThat(matches.blocks(slot)).isEqualTo(2);
    }

    @Test
    void slotOfAnEndpointThatLeftHoldsNothingForTheNext() {
        PrefixIndex index = new PrefixIndex(100, 1 << 20);
        int first = index.join();
        int second = index.join();
        index.write(first, prompt(1, 2));
        index.write(second, prompt(1, 2));

        index.leave(first);
        assertThat(index.join()).isEqualTo(first);

        index.match(prompt(1, 2), matches);
        assertThat(matches.blocks(first)).isZero();
        assertThat(matches.blocks(second)).isEqualTo(2);
        assertThatThrownBy(() -> index.write(7, prompt(1))).hasMessage("slot: 7 (expected: one that has joined)");
    }

    @Test
    void thousandEndpointsAreToldApart() {
        PrefixIndex index = new PrefixIndex(100, 8 << 20);
        for (int i = 0; i < 1000; i++) {
            index.write(index.join(), chain(0, i % 50));
        }

        index.match(chain(0, 60), matches);

        assertThat(IntStream.range(0, 1000)).allMatch(i -> matches.blocks(i) == i % 50);
    }

    @Test
    void behavesAsAListOfBlocksPerEndpoint() {
        Seeds.each(60, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            int endpoints = 1 + random.nextInt(seed % 2 == 0 ? 6 : 140);
            int maxBlocks = 1 + random.nextInt(40);
            PrefixIndex index = new PrefixIndex(maxBlocks, 16 << 20);
            NaiveIndex model = new NaiveIndex(maxBlocks);
            for (int i = 0; i < endpoints; i++) {
                model.join(index.join());
            }
            for (int step = 0; step < 400; step++) {
                int slot = random.nextInt(endpoints);
                Prompt prompt = conversation(random);
                switch (random.nextInt(24)) {
                    case 0 -> {
                        index.clear(slot);
                        model.clear(slot);
                    }
                    case 1 -> {
                        index.leave(slot);
                        model.join(index.join());
                        model.clear(slot);
                    }
                    case 2 -> {
                        index.remove(slot, prompt.blocks() == 0 ? 0 : prompt.block(0));
                        model.remove(slot, prompt.blocks() == 0 ? 0 : prompt.block(0));
                    }
                    default -> {
                        index.write(slot, prompt);
                        model.write(slot, prompt);
                    }
                }
                Prompt asked = conversation(random);
                index.match(asked, matches);
                for (int i = 0; i < endpoints; i++) {
                    assertThat(matches.blocks(i)).isEqualTo(model.match(i, asked));
                }
            }
            assertThat(index.inconsistency(LongStream.range(0, 5000).boxed().toList()))
                    .isEmpty();
        });
    }

    @Test
    void boundsHoldAndTheOldestOfAllGoesFirst() {
        Seeds.each(20, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            long maxBytes = 40_000;
            PrefixIndex index = new PrefixIndex(300, maxBytes);
            int endpoints = 1 + random.nextInt(20);
            for (int i = 0; i < endpoints; i++) {
                index.join();
            }
            List<Long> writes = new ArrayList<>();
            for (int step = 0; step < 3000; step++) {
                long block = 10L * step;
                index.write(random.nextInt(endpoints), prompt(block));
                writes.add(block);
                assertThat(index.bytes()).isLessThanOrEqualTo(maxBytes);
                assertThat(IntStream.range(0, endpoints)).allMatch(slot -> index.blocks(slot) <= 300);
            }
            boolean held = false;
            for (long block : writes) {
                boolean holds = IntStream.range(0, endpoints).anyMatch(slot -> index.holds(slot, block));
                assertThat(held && !holds && endpoints > 3)
                        .as("block %s is gone before an older one", block)
                        .isFalse();
                held |= holds;
            }
            assertThat(index.inconsistency(writes)).isEmpty();
        });
    }

    @Test
    void holdOfABlockTakesNoMoreMemoryThanIsCounted() {
        long before = usedBytes();
        PrefixIndex index = new PrefixIndex(PrefixIndex.DEFAULT_MAX_BLOCKS, PrefixIndex.DEFAULT_MAX_BYTES);
        for (int i = 0; i < 16; i++) {
            int slot = index.join();
            for (int chain = 0; chain < 250; chain++) {
                index.write(slot, chain((i * 1000L + chain) * 100_000, 125));
            }
        }
        long taken = usedBytes() - before;

        assertThat(index.holds()).isEqualTo(16 * 31_250L);
        assertThat((double) taken / index.holds()).isLessThanOrEqualTo(PrefixIndex.BYTES_PER_HOLD);
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** A chain of one of a few conversations, which branch: equal blocks mean equal beginnings. */
    private static Prompt conversation(SplittableRandom random) {
        long[] blocks = new long[random.nextInt(14)];
        long chain = random.nextInt(3);
        for (int k = 0; k < blocks.length; k++) {
            chain = (chain * 31 + random.nextInt(2) + 7 + k) % 4999;
            blocks[k] = chain;
        }
        return new Prompt(64 * blocks.length + 5, 64, distinct(blocks));
    }

    private static long[] distinct(long[] blocks) {
        return LongStream.of(blocks).distinct().toArray();
    }

    private static Prompt chain(long first, int length) {
        return prompt(LongStream.range(first, first + length).toArray());
    }

    private static Prompt prompt(long... blocks) {
        return new Prompt(64 * blocks.length, 64, blocks);
    }

    /** The same index in a few lines: per endpoint a list of blocks, the one unused for the longest time first. */
    private static final class NaiveIndex {
        private final int maxBlocks;
        private final List<LinkedHashSet<Long>> held = new ArrayList<>();

        NaiveIndex(int maxBlocks) {
            this.maxBlocks = maxBlocks;
        }

        void join(int slot) {
            while (held.size() <= slot) {
                held.add(new LinkedHashSet<>());
            }
        }

        void clear(int slot) {
            held.get(slot).clear();
        }

        void remove(int slot, long block) {
            held.get(slot).remove(block);
        }

        void write(int slot, Prompt prompt) {
            LinkedHashSet<Long> blocks = held.get(slot);
            for (int k = Math.min(prompt.blocks(), maxBlocks) - 1; k >= 0; k--) {
                if (!blocks.remove(prompt.block(k)) && blocks.size() == maxBlocks) {
                    blocks.remove(blocks.iterator().next());
                }
                blocks.add(prompt.block(k));
            }
        }

        int match(int slot, Prompt prompt) {
            int run = 0;
            while (run < prompt.blocks() && held.get(slot).contains(prompt.block(run))) {
                run++;
            }
            return run;
        }
    }
}
