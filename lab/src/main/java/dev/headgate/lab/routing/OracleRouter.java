package dev.headgate.lab.routing;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.lab.engine.Clock;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.Replica;
import dev.headgate.lab.engine.ReplicaListener;
import dev.headgate.lab.engine.ReplicaSpeed;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The policy that knows how long answers are and what engines hold: it plays each candidate's future with and without the
 * request, and takes the one whose requests are delayed least in all, the new one included. It does not know who will come.
 *
 * <p>Engines do not influence each other, so a candidate's future is that of its own requests alone, played from the first one
 * on. That takes time in the square of the requests, which is why long inputs are refused.
 */
final class OracleRouter implements RequestRouter {
    /** A few minutes of playing. */
    static final int MOST_REQUESTS = 1_500;

    private final Trace trace;
    private final RunSettings settings;
    private final Clock clock;
    private final Map<EndpointId, History> histories = new HashMap<>();

    OracleRouter(Trace trace, RunSettings settings, Clock clock) {
        this.trace = trace;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        int number = (int) request.metadata().internalId();
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < candidates.size(); i++) {
            History history = historyOf(candidates.id(i));
            history.trial = history.play(number);
            long added = history.trial - history.total;
            if (added < least || (added == least && candidates.inFlight(i) < candidates.inFlight(best))) {
                least = added;
                best = i;
            }
        }
        ranks.add(best);
    }

    @Override
    public void sent(EndpointId endpoint, PendingRequest request) {
        History history = historyOf(endpoint);
        history.requests.add((int) request.metadata().internalId());
        history.times.add(clock.micros() + settings.engine().apiUs());
        history.total = history.trial;
    }

    private History historyOf(EndpointId endpoint) {
        return histories.computeIfAbsent(endpoint, id -> new History(speedOf(id)));
    }

    private ReplicaSpeed speedOf(EndpointId id) {
        String number = id.value().substring(id.value().lastIndexOf('-') + 1);
        return settings.fleet().replicas().get(Integer.parseInt(number));
    }

    /** What was sent to one replica, and when it came there. */
    private final class History {
        private final ReplicaSpeed speed;
        private final List<Integer> requests = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();
        private long total; // microseconds that its requests take in all
        private long trial;

        History(ReplicaSpeed speed) {
            this.speed = speed;
        }

        /** Returns the microseconds that all take if {@code another} comes as well. */
        long play(int another) {
            EngineConstants engine = settings.engine();
            Clock own = new Clock();
            RequestStates states = new RequestStates(trace.size());
            Replica replica = new Replica(engine, speed, trace, states, own, new SplittableRandom(0), new Nobody());
            for (int i = 0; i < requests.size(); i++) {
                int request = requests.get(i);
                own.at(times.get(i), () -> replica.enqueue(request));
            }
            own.at(clock.micros() + engine.apiUs(), () -> replica.enqueue(another));
            while (own.next().isPresent()) {
                own.advance(own.next().getAsLong());
            }
            long sum = states.done[another] - states.enqueued[another];
            for (int request : requests) {
                sum += states.done[request] - states.enqueued[request];
            }
            return sum;
        }
    }

    private static final class Nobody implements ReplicaListener {
        @Override
        public void firstToken(int request) {}

        @Override
        public void completed(int request) {}

        @Override
        public void lost(int request) {}
    }
}
