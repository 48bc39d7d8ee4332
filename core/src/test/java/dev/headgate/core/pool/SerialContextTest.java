package dev.headgate.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.testing.Threads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerialContextTest {
    private final SerialContext context = new SerialContext();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsATaskBeforeItReturnsIfNobodyIsInside() {
        context.execute(() -> ran.add("task"));
        assertThat(ran).containsExactly("task");
    }

    @Test
    void runsATaskThatIsAddedFromWithinAfterTheOneThatAddsIt() {
        context.execute(() -> {
            context.execute(() -> ran.add("inner"));
            ran.add("outer");
        });
        assertThat(ran).containsExactly("outer", "inner");
    }

    @Test
    void oneThatThrowsDoesNotKeepTheNextFromRunning() {
        IllegalStateException first = new IllegalStateException("first");
        assertThatThrownBy(() -> context.execute(() -> {
                    context.execute(() -> {
                        throw new IllegalStateException("second");
                    });
                    context.execute(() -> ran.add("last"));
                    throw first;
                }))
                .isSameAs(first)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(ran).containsExactly("last");
        context.execute(() -> ran.add("afterwards"));
        assertThat(ran).containsExactly("last", "afterwards");
    }

    @Test
    void tasksOfManyThreadsNeverOverlapAndKeepEachThreadsOrder() {
        int threads = 4;
        int tasks = 20_000;
        long[] counter = new long[1]; // plain on purpose: only the context orders the writes
        int[] last = new int[threads];
        boolean[] outOfOrder = new boolean[1];
        Threads.run(threads, thread -> {
            for (int i = 1; i <= tasks; i++) {
                int number = i;
                context.execute(() -> {
                    counter[0]++;
                    outOfOrder[0] |= last[thread] != number - 1;
                    last[thread] = number;
                });
            }
        });
        context.execute(() -> {});
        assertThat(counter[0]).isEqualTo((long) threads * tasks);
        assertThat(outOfOrder[0]).isFalse();
    }
}
