package dev.headgate.lab.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveReplicaTest {
    /** Counts what it is told and how. */
    private static final class Told implements TokenSink {
        final int[] tokens;
        final boolean[] hasBegun;
        int completed;

        Told(int requests) {
            tokens = new int[requests];
            hasBegun = new boolean[requests];
        }

        @Override
        public void begins(int request) {
            assertThat(tokens[request]).isZero();
            hasBegun[request] = true;
        }

        @Override
        public void tokens(int request, int count) {
            assertThat(hasBegun[request]).isTrue();
            assertThat(count).isPositive();
            tokens[request] += count;
        }

        @Override
        public void completed(int request) {
            completed++;
        }
    }

    private static RequestStates simulated(EngineConstants constants, Trace trace) {
        Clock clock = new Clock();
        RequestStates states = new RequestStates(trace.size());
        Replica replica = new Replica(
                constants, ReplicaSpeed.FULL, trace, states, clock, new SplittableRandom(1), new ReplicaListener() {
                    @Override
                    public void firstToken(int request) {}

                    @Override
                    public void completed(int request) {}

                    @Override
                    public void lost(int request) {}
                });
        for (int r = 0; r < trace.size(); r++) {
            int request = r;
            clock.at(trace.arrival(r), () -> replica.enqueue(request));
        }
        while (clock.next().isPresent()) {
            clock.advance(clock.next().getAsLong());
        }
        return states;
    }

    /** The small cache makes requests start over, whose tokens must not be told twice. */
    @ParameterizedTest
    @CsvSource({"400000, 1", "400000, 40000", "1700, 1", "1700, 900"})
    void whoeverAdvancesItLateShiftsNothing(int cacheTokens, long mostLateMicros) {
        EngineConstants constants = EngineConstants.H100.with("kvTokens", cacheTokens);
        Trace trace = LiveTraces.questions(80, 9_000, 7);
        RequestStates expected = simulated(constants, trace);
        Told told = new Told(trace.size());
        LiveEngines engines = new LiveEngines(trace, constants, Fleet.of(1), 1, told);
        SplittableRandom random = new SplittableRandom(3);
        int offered = 0;
        long now = 0;
        while (told.completed < trace.size()) {
            long next =
                    Math.min(engines.nextMicros(), offered < trace.size() ? trace.arrival(offered) : Pacer.Work.NEVER);
            assertThat(next).isNotEqualTo(Pacer.Work.NEVER);
            now = Math.max(now, next + random.nextLong(mostLateMicros));
            // A server knows of a request before it is to enter the queue.
            while (offered < trace.size() && trace.arrival(offered) <= now + 50_000) {
                engines.offer(0, offered, trace.arrival(offered));
                offered++;
            }
            engines.advance(now);
        }
        assertThat(engines.states().first).isEqualTo(expected.first);
        assertThat(engines.states().done).isEqualTo(expected.done);
        assertThat(engines.states().cachedTokens).isEqualTo(expected.cachedTokens);
        for (int r = 0; r < trace.size(); r++) {
            assertThat(told.tokens[r]).as("request %d", r).isEqualTo(trace.output(r));
        }
        assertThat(engines.preemptions() > 0).isEqualTo(cacheTokens < 2_000);
        assertThat(engines.lateness().maxMs()).isLessThanOrEqualTo((mostLateMicros + 50_000) / 1e3);
    }
}
