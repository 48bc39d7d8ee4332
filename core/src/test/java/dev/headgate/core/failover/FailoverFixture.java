package dev.headgate.core.failover;

import dev.headgate.core.failover.FailoverPlan.Fallback;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import dev.headgate.core.failover.FailoverPlan.PoolPlan;
import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.Usage;
import dev.headgate.core.request.Verdict;
import dev.headgate.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A router on a clock that tests move, and what it told its listener. */
final class FailoverFixture implements FailoverListener {
    static final long MILLI = 1_000_000;

    final List<String> events = new ArrayList<>();
    final FailoverRouter router;
    long now = 1_000_000_000_000L;
    int proceeds;

    FailoverFixture(FailoverPlan plan) {
        SplittableRandom random = new SplittableRandom(7);
        router = new FailoverRouter(plan, () -> now, () -> random, this);
    }

    static FailoverFixture of(Backend... backends) {
        return of(FailoverSettings.DEFAULTS, backends);
    }

    static FailoverFixture of(FailoverSettings settings, Backend... backends) {
        return new FailoverFixture(plan(settings, backends));
    }

    static FailoverPlan plan(FailoverSettings settings, Backend... backends) {
        return new FailoverPlan(List.of(new PoolPlan("main", List.of(backends), settings)), List.of());
    }

    /** A model with one backend and a fallback with another. */
    static FailoverFixture withFallback(FailoverSettings settings) {
        return new FailoverFixture(new FailoverPlan(
                List.of(
                        new PoolPlan("main", List.of(backend("a")), settings),
                        new PoolPlan("spare", List.of(backend("b")), settings)),
                List.of(new ModelRoute(List.of("m"), "main", List.of(new Fallback("small", "spare"))))));
    }

    static Backend backend(String id) {
        return Backend.of(id, "https://" + id, 1);
    }

    static Backend backend(String id, int priority) {
        return Backend.of(id, "https://" + id, priority);
    }

    static Backend limited(String id, BackendLimits limits) {
        return new Backend(
                new EndpointId(id),
                "https://" + id,
                1,
                1,
                Map.of(),
                limits,
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
    }

    static FailoverRequest request() {
        return new FailoverRequest("m", true, true, 400, 100, 0, Deadline.NEVER);
    }

    FailoverRequest requestWithin(long millis) {
        return new FailoverRequest("m", true, true, 400, 100, 0, Deadline.after(now, Duration.ofMillis(millis)));
    }

    static FailoverRequest stateful() {
        return new FailoverRequest("m", true, false, 400, 100, 0, Deadline.NEVER);
    }

    FailoverCall open() {
        return open(request());
    }

    FailoverCall open(FailoverRequest request) {
        return router.open(request, () -> proceeds++);
    }

    /** Sends one request to its end and returns which backend served it, or the code of the refusal. */
    String serve() {
        Step step = open().begin();
        if (step instanceof Step.Send send) {
            String id = send.attempt().backend().id().value();
            succeed(send.attempt());
            return id;
        }
        return ((Step.Refuse) step).failure().kind().code();
    }

    /** Has the next request fail like this on the first backend and then gives up. */
    void trip(Verdict verdict) {
        FailoverCall call = open(stateful());
        Attempt attempt = sent(call.begin());
        returnedBy(attempt.rejected(verdict)).completed(Usage.NONE);
    }

    void pass(long millis) {
        now += millis * MILLI;
    }

    BackendStatus status(String id) {
        return router.status().stream()
                .filter(each -> each.backend().id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    int inFlight() {
        return router.status().stream().mapToInt(BackendStatus::inFlight).sum();
    }

    static void succeed(Attempt attempt) {
        attempt.answered(200, HeaderFields.NONE);
        attempt.firstToken();
        if (attempt.commits()) {
            attempt.completed(new Usage(100, 100));
        } else {
            attempt.cancelled();
        }
    }

    static Attempt sent(Step step) {
        return ((Step.Send) step).attempt();
    }

    static String target(Step step) {
        return sent(step).backend().id().value();
    }

    static Step.Refuse refused(Step step) {
        return (Step.Refuse) step;
    }

    static Attempt returnedBy(Step step) {
        return ((Step.Return) step).attempt();
    }

    static Verdict throttled(long hintMillis) {
        return new Verdict(
                AnswerClass.NEXT, 429, CoolingCause.THROTTLED, hintMillis, hintMillis < 0 ? "" : "retry-after", false);
    }

    static Verdict error(int status) {
        return new Verdict(AnswerClass.NEXT, status, CoolingCause.FAILED, Verdict.NO_HINT, "", true);
    }

    static Verdict error(int status, long hintMillis) {
        return new Verdict(AnswerClass.NEXT, status, CoolingCause.FAILED, hintMillis, "retry-after", true);
    }

    static Verdict returned(int status) {
        return new Verdict(AnswerClass.RETURN, status, null, Verdict.NO_HINT, "", false);
    }

    static Verdict judged(AnswerClass answer, int status) {
        return new Verdict(answer, status, null, Verdict.NO_HINT, "", false);
    }

    static Verdict cooling(CoolingCause cause, int status) {
        return new Verdict(AnswerClass.NEXT, status, cause, Verdict.NO_HINT, "", false);
    }

    @Override
    public void cooling(
            String pool,
            String backend,
            String upstreamModel,
            CoolingCause cause,
            int status,
            long waitMillis,
            String source) {
        events.add("cooling " + backend + " " + cause + " " + status + " " + waitMillis + "ms " + source);
    }

    @Override
    public void available(String pool, String backend, String upstreamModel) {
        events.add("available " + backend);
    }

    @Override
    public void noBackendAvailable(String model, long soonestMillis) {
        events.add("none " + model + " " + soonestMillis + "ms");
    }

    @Override
    public void spilledEarly(String pool, String model) {
        events.add("spilled " + model);
    }

    @Override
    public void retryBudgetSpent(String pool) {
        events.add("budget " + pool);
    }
}
