package dev.headgate.fleet;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.failover.FailoverListener;
import dev.headgate.core.failover.FailoverPlan;
import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.FailoverSettings;
import dev.headgate.core.failover.Step;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.time.Deadline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** A process that shares: a router over the same backends as all others, of which the first goes before the second. */
final class Member implements AutoCloseable {
    static final String MODEL = "m";

    final List<String> events = new CopyOnWriteArrayList<>();
    final FailoverRouter router;
    final SharedState shared;

    private Member(FleetOptions options, FailoverPlan plan) {
        router = new FailoverRouter(plan, System::nanoTime, ThreadLocalRandom::current, FailoverListener.NONE);
        shared = SharedState.over(options, new Heard());
        shared.join(router);
    }

    /** Starts one that knows the backends {@code east} and, after it, {@code west}. */
    static Member start(RedisServer redis) {
        return start(redis.options());
    }

    static Member start(FleetOptions options) {
        return new Member(options, plan(Backend.of("east", "https://east", 1), Backend.of("west", "https://west", 2)));
    }

    /** Starts one that knows these backends. */
    static Member start(RedisServer redis, Backend... backends) {
        return new Member(redis.options(), plan(backends));
    }

    private static FailoverPlan plan(Backend... backends) {
        return new FailoverPlan(
                List.of(new FailoverPlan.PoolPlan("main", List.of(backends), FailoverSettings.DEFAULTS)), List.of());
    }

    /** Begins a request; returns its attempt. */
    Attempt begin() {
        Step step = router.open(request(), () -> {}).begin();
        if (step instanceof Step.Send send) {
            return send.attempt();
        }
        throw new AssertionError("refused: " + step);
    }

    /** Serves one request to its end; returns which backend did, or why none. */
    String serve() {
        Step step = router.open(request(), () -> {}).begin();
        if (step instanceof Step.Send send) {
            succeed(send.attempt(), Map.of());
            return send.attempt().backend().id().value();
        }
        return String.valueOf(step);
    }

    /** Has an attempt succeed, with these headers. */
    static void succeed(Attempt attempt, Map<String, String> headers) {
        HeaderFields fields = name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
        attempt.answered(200, fields);
        attempt.firstToken();
        if (attempt.commits()) {
            attempt.completed(new Usage(1, 1));
        }
    }

    /** Has the next request meet a 429 and go no further. */
    void throttled(long waitMillis) {
        rejected(new Verdict(AnswerClass.NEXT, 429, CoolingCause.THROTTLED, waitMillis, "retry-after", false));
    }

    /** Has the next request meet this answer and go no further. */
    void rejected(Verdict verdict) {
        var call = router.open(request(), () -> {});
        if (call.begin() instanceof Step.Send send) {
            var unused = send.attempt().rejected(verdict);
        }
        call.cancel();
    }

    /** Returns how a backend stands. */
    BackendStatus status(String backend) {
        return router.status().stream()
                .filter(each -> each.backend().id().value().equals(backend))
                .findFirst()
                .orElseThrow();
    }

    /** Returns whether a backend cools, as far as is known here. */
    boolean isCooling(String backend) {
        return status(backend).state() == BackendStatus.State.COOLING;
    }

    private static FailoverRequest request() {
        return new FailoverRequest(MODEL, true, true, 400, 100, 0, Deadline.NEVER);
    }

    @Override
    public void close() {
        shared.close();
    }

    private final class Heard implements FleetEvents {
        @Override
        public void shared(String address) {
            events.add("shared " + address);
        }

        @Override
        public void alone(String reason) {
            events.add("alone: " + reason);
        }

        @Override
        public void failed(RuntimeException fault) {
            events.add("fault " + fault);
        }
    }
}
