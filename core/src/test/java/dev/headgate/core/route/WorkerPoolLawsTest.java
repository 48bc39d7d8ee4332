package dev.headgate.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.testing.Seeds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of dispatchers over generated histories with faults, where a router chooses among workers. */
class WorkerPoolLawsTest {
    private static final int HISTORIES = 40;
    private static final int AGE_BOUND = 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoeverChoosesEachAttemptIsToldOnceAndNothingIsLeftBehind(boolean overlap) {
        Seeds.each(HISTORIES, seed -> {
            FaultHistory history = new FaultHistory(seed, "late", overlap, true, AGE_BOUND);
            run(history, seed, Runnable::run, () -> {});
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thatHoldsToForARouterThatTakesItsTime(boolean overlap) {
        Seeds.each(HISTORIES, seed -> {
            FaultHistory history = new FaultHistory(seed, "late", overlap, true, AGE_BOUND);
            SplittableRandom delays = new SplittableRandom(seed);
            Deque<Runnable> line = new ArrayDeque<>();
            run(
                    history,
                    seed,
                    call -> {
                        line.add(call);
                        history.after(delays.nextInt(3) == 0 ? 70 : delays.nextInt(5), () -> runFirst(line));
                    },
                    () -> {
                        while (!line.isEmpty()) {
                            runFirst(line);
                        }
                    });
        });
    }

    private static void runFirst(Deque<Runnable> line) {
        if (!line.isEmpty()) {
            line.remove().run();
        }
    }

    private static void run(FaultHistory history, long seed, Consumer<Runnable> calls, Runnable afterwards) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordingRouter router = new RecordingRouter(id -> random.nextInt(3) > 0);
        assertThat(history.router().choices().routeBy("tasks", router.on(calls), random, Runnable::run))
                .isEmpty();
        List<String> story = history.run();
        afterwards.run();
        assertThat(router.open).isEmpty();
        assertThat(router.told.stream().filter(said -> said.startsWith("sent ")).count())
                .isEqualTo(router.told.stream()
                        .filter(said -> said.startsWith("completed "))
                        .count())
                .isLessThanOrEqualTo(story.stream()
                        .filter(said -> said.startsWith("assign "))
                        .count());
        WorkerPool pool = Objects.requireNonNull(history.router().state().pool);
        Candidates workers = pool.router().candidates();
        for (int i = 0; i < workers.size(); i++) {
            assertThat(workers.inFlight(i)).isZero();
        }
        assertThat(pool.router().waiting()).isZero();
        assertThat(pool.router().active()).isZero();
    }
}
