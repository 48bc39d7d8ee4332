package dev.headgate.lab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.trace.TraceBuilder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final EngineConstants SMALL =
            EngineConstants.H100.with("kvTokens", 6400).with("sequences", 8).with("budget", 256);

    @Test
    void aSharedBeginningIsComputedOnce() {
        TraceBuilder builder = new TraceBuilder(16);
        prompt(builder, 0, 1, 2, 3, 4);
        prompt(builder, 1_000_000, 1, 2, 3, 9);
        EngineRun run = new EngineRun(EngineConstants.H100, builder.build()).run();
        assertThat(run.states.cachedTokens[0]).isZero();
        assertThat(run.states.cachedTokens[1]).isEqualTo(48);
    }

    @Test
    void theLastTokenOfAPromptIsAlwaysComputed() {
        TraceBuilder builder = new TraceBuilder(16);
        prompt(builder, 0, 1, 2);
        prompt(builder, 1_000_000, 1, 2);
        EngineRun run = new EngineRun(EngineConstants.H100, builder.build()).run();
        assertThat(run.states.cachedTokens[1]).isEqualTo(31);
    }

    @Test
    void aPartialBlockHitsOnlyWhereItKeepsItsIdentity() {
        TraceBuilder builder = new TraceBuilder(512);
        for (int i = 0; i < 2; i++) {
            builder.add(i * 1_000_000L, 700, 3);
            builder.unit(1).unit(2);
        }
        Trace trace = builder.build();
        assertThat(new EngineRun(EngineConstants.H100, trace).run().states.cachedTokens[1])
                .isEqualTo(688);
        assertThat(new EngineRun(EngineConstants.COARSE, trace).run().states.cachedTokens[1])
                .isEqualTo(699);
    }

    @Test
    void theNextTurnFindsTheAnswerThatItNames() {
        TraceBuilder builder = new TraceBuilder(16);
        builder.add(0, 32, 33);
        builder.unit(1).unit(2);
        builder.add(3_000_000, 80, 1);
        builder.unit(1).unit(2).unit(3).unit(4).unit(5).follows(1, 0, 0);
        Trace trace = builder.build();
        assertThat(new EngineRun(EngineConstants.H100, trace).run().states.cachedTokens[1])
                .isEqualTo(64);
        EngineRun coarse = new EngineRun(EngineConstants.COARSE.with("blockTokens", 16), trace).run();
        assertThat(coarse.states.cachedTokens[1]).isEqualTo(32);
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() {
        TraceBuilder builder = new TraceBuilder(16);
        long[] ids = new long[200];
        for (int prompt = 0; prompt < 3; prompt++) {
            for (int k = 0; k < ids.length; k++) {
                ids[k] = 1000L * (prompt % 2) + k;
            }
            prompt(builder, prompt * 2_000_000L, ids);
        }
        prompt(builder, 6_000_000, 5000, 5001);
        for (int k = 0; k < ids.length; k++) {
            ids[k] = k;
        }
        prompt(builder, 8_000_000, ids);
        EngineRun run = new EngineRun(SMALL, builder.build()).run();
        assertThat(run.states.cachedTokens[2]).isGreaterThan(3000);
        assertThat(run.states.cachedTokens[4]).isGreaterThan(3000);
    }

    @Test
    void everyRequestEndsAndNothingIsLeftBehindWhateverTheHistory() {
        for (int seed = 1; seed <= 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TraceBuilder builder = new TraceBuilder(16);
            int requests = 80;
            for (int r = 0; r < requests; r++) {
                int units = 1 + random.nextInt(120);
                int family = random.nextInt(5);
                builder.add(random.nextLong(2_000_000), 16 * units - random.nextInt(16), 1 + random.nextInt(400));
                for (int k = 0; k < units; k++) {
                    builder.unit(family * 1000L + (k < 60 ? k : k + 200L * random.nextInt(2)));
                }
            }
            for (EngineConstants constants : new EngineConstants[] {SMALL, coarseSmall()}) {
                EngineRun run = new EngineRun(constants, builder.build()).run();
                assertThat(run.completed).as("seed %s", seed).isEqualTo(requests);
                assertThat(run.replica.preemptions()).as("seed %s", seed).isPositive();
                assertOrder(run, seed);
            }
        }
    }

    @Test
    void aCrashLosesWhatIsInFlightAndTheCache() {
        TraceBuilder builder = new TraceBuilder(16);
        prompt(builder, 0, 1, 2, 3);
        prompt(builder, 500_000, 1, 2, 3);
        builder.add(1_000_000, 16, 100_000);
        builder.unit(8);
        prompt(builder, 3_000_000, 1, 2, 3);
        EngineRun run = new EngineRun(EngineConstants.H100, builder.build());
        run.clock.at(2_000_000, run.replica::crash);
        run.clock.at(2_500_000, run.replica::recover);
        run.run();
        assertThat(run.lost).isEqualTo(1);
        assertThat(run.completed).isEqualTo(3);
        assertThat(run.states.cachedTokens[1]).isPositive();
        assertThat(run.states.cachedTokens[3]).isZero();
    }

    private static EngineConstants coarseSmall() {
        return EngineConstants.COARSE
                .with("blockTokens", 16)
                .with("kvTokens", 6400)
                .with("sequences", 8)
                .with("budget", 256);
    }

    private static void assertOrder(EngineRun run, int seed) {
        RequestStates s = run.states;
        for (int r = 0; r < s.done.length; r++) {
            assertThat(new long[] {s.enqueued[r], s.scheduled[r], s.first[r], s.done[r]})
                    .as("seed %s request %s", seed, r)
                    .isSorted();
        }
    }

    private static void prompt(TraceBuilder builder, long arrivalMicros, long... ids) {
        builder.add(arrivalMicros, 16 * ids.length, 2);
        for (long id : ids) {
            builder.unit(id);
        }
    }
}
