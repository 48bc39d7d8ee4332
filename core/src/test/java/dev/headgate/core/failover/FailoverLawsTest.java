package dev.headgate.core.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What holds over any history of calls, answers, failures, waits, hedges and recoveries. */
class FailoverLawsTest {
    @Test
    void everyCallEndsOnceAndNothingIsKept() {
        Seeds.each(300, seed -> {
            History history = new History(seed);
            history.run();
            assertThat(history.decided).isEqualTo(history.opened);
            assertThat(history.fixture.inFlight()).isZero();
        });
    }

    @Test
    void sameSeedGivesTheSameHistory() {
        Seeds.each(20, seed -> {
            History one = new History(seed);
            History other = new History(seed);
            one.run();
            other.run();
            assertThat(one.trail).isEqualTo(other.trail);
        });
    }

    @Test
    void chargedAttemptsKeepToTheBudget() {
        Seeds.each(50, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            FailoverSettings settings =
                    SettingsBuilder.defaults().retryBudget(20, 3).build();
            FailoverFixture fixture =
                    FailoverFixture.of(settings, FailoverFixture.backend("a"), FailoverFixture.backend("b"));
            List<Long> requests = new ArrayList<>();
            List<Long> extra = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                requests.add(fixture.now);
                Step step = FailoverFixture.sent(fixture.open().begin()).failed(AttemptFailure.CUT);
                if (step instanceof Step.Send send) {
                    extra.add(fixture.now);
                    // the window forgets by tenths: what it holds for sure is the last nine
                    assertThat(since(extra, fixture.now - 9_000 * FailoverFixture.MILLI))
                            .isLessThanOrEqualTo(Math.max(
                                    3, since(requests, fixture.now - 10_000 * FailoverFixture.MILLI) / 5));
                    FailoverFixture.succeed(send.attempt());
                }
                fixture.pass(random.nextInt(300));
            }
        });
    }

    private static int since(List<Long> times, long from) {
        return (int) times.stream().filter(time -> time - from > 0).count();
    }

    @Test
    void hintedWaitsAreNeverCutShort() {
        Seeds.each(100, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            FailoverFixture fixture =
                    FailoverFixture.of(FailoverFixture.backend("a", 1), FailoverFixture.backend("b", 2));
            long until = fixture.now;
            for (int i = 0; i < 50; i++) {
                String expected = fixture.now - until >= 0 ? "a" : "b";
                Attempt attempt = FailoverFixture.sent(
                        fixture.open(FailoverFixture.stateful()).begin());
                assertThat(attempt.backend().id().value()).isEqualTo(expected);
                if (expected.equals("a") && random.nextBoolean()) {
                    long wait = 1L + random.nextInt(5_000);
                    Verdict verdict = FailoverFixture.throttled(wait);
                    FailoverFixture.returnedBy(attempt.rejected(verdict)).completed(Usage.NONE);
                    until = fixture.now + wait * FailoverFixture.MILLI;
                } else {
                    FailoverFixture.succeed(attempt);
                }
                fixture.pass(random.nextInt(1_000));
            }
        });
    }

    /** One generated history; checks each step against what the router knew before it. */
    private static final class History {
        final SplittableRandom random;
        final FailoverFixture fixture;
        final List<String> trail = new ArrayList<>();
        final List<Running> running = new ArrayList<>();
        final int backends;
        final boolean hasFallback;
        int opened;
        int decided;

        History(long seed) {
            random = new SplittableRandom(seed);
            FailoverSettings.Selection[] selections = FailoverSettings.Selection.values();
            FailoverSettings settings = SettingsBuilder.defaults()
                    .selection(selections[random.nextInt(selections.length)])
                    .hedgeAfter(Duration.ofMillis(100), 50)
                    .recoveries(2)
                    .build();
            List<Backend> main = backends("a", 1 + random.nextInt(5));
            List<Backend> spare = backends("b", 1 + random.nextInt(2));
            hasFallback = random.nextBoolean();
            backends = main.size() + (hasFallback ? spare.size() : 0);
            fixture = new FailoverFixture(new FailoverPlan(
                    List.of(
                            new FailoverPlan.PoolPlan("main", main, settings),
                            new FailoverPlan.PoolPlan("spare", spare, settings)),
                    List.of(new FailoverPlan.ModelRoute(
                            List.of("m"),
                            "main",
                            hasFallback ? List.of(new FailoverPlan.Fallback("small", "spare")) : List.of()))));
        }

        private List<Backend> backends(String prefix, int count) {
            List<Backend> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                BackendLimits limits = random.nextInt(3) == 0
                        ? new BackendLimits(600, 0, 1 + random.nextInt(3), 0)
                        : BackendLimits.NONE;
                all.add(new Backend(
                        new EndpointId(prefix + i),
                        "https://" + prefix + i,
                        1 + random.nextInt(2),
                        1 + random.nextInt(3),
                        Map.of(),
                        limits,
                        Backend.Credential.OWN,
                        Backend.Prefill.NONE));
            }
            return all;
        }

        void run() {
            for (int i = 0; i < 200; i++) {
                if (running.size() < 8 && random.nextBoolean()) {
                    opened++;
                    Running call = new Running(fixture.open(
                            random.nextInt(8) == 0 ? FailoverFixture.stateful() : fixture.requestWithin(30_000)));
                    running.add(call);
                    take(call, call.call.begin());
                } else if (!running.isEmpty()) {
                    act(running.get(random.nextInt(running.size())));
                }
                fixture.pass(random.nextInt(1500));
                running.removeIf(call -> call.isOver);
            }
            while (!running.isEmpty()) {
                act(running.get(0));
                fixture.pass(random.nextInt(1500));
                running.removeIf(call -> call.isOver);
            }
        }

        private void act(Running call) {
            if (call.waitsUntil != 0) {
                fixture.now = Math.max(fixture.now, call.waitsUntil);
                call.waitsUntil = 0;
                take(call, call.call.resume());
                return;
            }
            Attempt attempt = call.inFlight.get(random.nextInt(call.inFlight.size()));
            switch (random.nextInt(9)) {
                case 0 -> ended(call, attempt, attempt.rejected(FailoverFixture.throttled(random.nextInt(3) * 1000L)));
                case 1 -> ended(call, attempt, attempt.rejected(FailoverFixture.error(503)));
                case 2 -> ended(call, attempt, attempt.rejected(FailoverFixture.cooling(CoolingCause.AUTH, 401)));
                case 3 -> ended(call, attempt, attempt.rejected(FailoverFixture.returned(404)));
                case 4 -> {
                    AttemptFailure[] all = AttemptFailure.values();
                    ended(call, attempt, attempt.failed(all[random.nextInt(all.length)]));
                }
                case 5 -> take(call, call.call.hedge());
                case 6 -> {
                    call.call.cancel();
                    over(call);
                }
                default -> succeed(call, attempt);
            }
        }

        private void succeed(Running call, Attempt attempt) {
            attempt.answered(200, HeaderFields.NONE);
            attempt.firstToken();
            assertThat(attempt.commits()).isTrue();
            call.inFlight.remove(attempt);
            call.inFlight.forEach(Attempt::cancelled);
            call.inFlight.clear();
            if (random.nextInt(4) == 0) {
                attempt.broken(random.nextBoolean() ? AttemptFailure.CUT : AttemptFailure.IDLE_TIMEOUT);
                call.recoveries++;
                take(call, call.call.recover());
            } else {
                attempt.completed(new Usage(100, 10));
                over(call);
            }
        }

        private void ended(Running call, Attempt attempt, Step step) {
            if (!(step instanceof Step.Return end && end.attempt() == attempt)) {
                call.inFlight.remove(attempt);
            }
            take(call, step);
        }

        private void take(Running call, Step step) {
            if (step instanceof Step.Send send) {
                begun(call, send.attempt());
            } else if (step instanceof Step.Wait wait) {
                call.waitsUntil = wait.untilNanos();
            } else if (step instanceof Step.Pending) {
                assertThat(call.inFlight).isNotEmpty();
            } else if (step instanceof Step.Return end) {
                end.attempt().completed(Usage.NONE);
                call.inFlight.remove(end.attempt());
                over(call);
            } else {
                over(call);
            }
        }

        private void begun(Running call, Attempt attempt) {
            String id = attempt.backend().id().value();
            trail.add(id);
            call.inFlight.add(attempt);
            int before = call.tried.merge(id, 1, Integer::sum);
            boolean isOnceMore = before > 1;
            BackendStatus status = fixture.status(id);
            assertThat(call.inFlight.size()).isLessThanOrEqualTo(2);
            int extras = (hasFallback ? 1 : 0) + call.recoveries;
            assertThat(before).isLessThanOrEqualTo(1 + extras);
            assertThat(call.call.attempts()).isLessThanOrEqualTo(backends + extras);
            if (!isOnceMore) {
                assertThat(status.state()).isNotEqualTo(BackendStatus.State.COOLING);
            }
            int max = attempt.backend().limits().maxConcurrent();
            assertThat(max == 0 || status.inFlight() <= max).isTrue();
        }

        private void over(Running call) {
            call.inFlight.forEach(Attempt::cancelled);
            call.isOver = true;
            decided++;
        }
    }

    private static final class Running {
        final FailoverCall call;
        final List<Attempt> inFlight = new ArrayList<>();
        final Map<String, Integer> tried = new HashMap<>();
        long waitsUntil;
        int recoveries;
        boolean isOver;

        Running(FailoverCall call) {
            this.call = call;
        }
    }
}
