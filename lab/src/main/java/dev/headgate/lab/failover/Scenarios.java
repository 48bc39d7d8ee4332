package dev.headgate.lab.failover;

import static dev.headgate.lab.failover.Ideal.wholeAnswer;
import static dev.headgate.lab.failover.Limit.accountOfTheFallback;
import static dev.headgate.lab.failover.Limit.answeredByFallback;
import static dev.headgate.lab.failover.Limit.answeredByPrimary;
import static dev.headgate.lab.failover.Limit.fallbackTries;
import static dev.headgate.lab.failover.Limit.firstTryCancelledAfter;
import static dev.headgate.lab.failover.Limit.primaryTries;
import static dev.headgate.lab.failover.Limit.secondTryAfter;
import static dev.headgate.lab.failover.Limit.seconds;
import static dev.headgate.lab.failover.Limit.secondsAfterTheLastToken;
import static dev.headgate.lab.failover.Limit.secondsBesideTheFallback;

import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.Ending;
import dev.headgate.lab.provider.Flaw;
import dev.headgate.lab.provider.Script;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sixteen of gateway.md §18, after Failover Bench 0.1, in their order. */
public final class Scenarios {
    private static final Conduct.Answer ANSWER = Conduct.answer();
    private static final Conduct UNAVAILABLE =
            Conduct.refusal(503, "server_error", "service_unavailable", "The engine is overloaded");
    private static final Conduct.Refusal TOO_LONG = Conduct.refusal(
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "This model's maximum context length is 8192 tokens");
    private static final Conduct.Refusal POLICY = Conduct.refusal(
            400, "invalid_request_error", "content_policy_violation", "Your request was rejected by our safety system");
    private static final Conduct NO_PREFILL = Conduct.refusal(
            400, "invalid_request_error", "invalid_request_error", "The last message must be from the user");

    private static final List<Scenario> ALL = List.of(
            rateLimitedWithHint(),
            rateLimitedWithoutHint(),
            oneServerError(),
            unavailable(),
            resetBeforeTheAnswer(),
            silence(),
            lateFirstToken(),
            cut(),
            stall(),
            brokenEvent(),
            noDone(),
            contextExceeded(),
            policyViolated(),
            cutAndNoPrefill(),
            outage(),
            account());

    private Scenarios() {}

    /** Returns all of them. */
    public static List<Scenario> all() {
        return ALL;
    }

    /** Returns the one of that name, in any case. */
    public static Optional<Scenario> named(String id) {
        return ALL.stream()
                .filter(scenario -> scenario.id().equalsIgnoreCase(id))
                .findFirst();
    }

    private static Scenario rateLimitedWithHint() {
        String body = limited().body();
        Script script = Script.first(new Conduct.Refusal(429, Map.of("retry-after", "2"), body), ANSWER);
        Ideal ideal =
                wholeAnswer(primaryTries(2, 2), fallbackTries(0, 0), secondTryAfter(2.0, 2.6), answeredByPrimary());
        return both(
                "S01",
                "first try 429 with Retry-After: 2, later fine",
                "second primary try 2.0 to 2.6 s later, fallback unused",
                script,
                ideal);
    }

    private static Scenario rateLimitedWithoutHint() {
        Ideal ideal = wholeAnswer(primaryTries(1, 1), secondsBesideTheFallback(0.5), answeredByFallback());
        return both(
                "S02",
                "every primary try 429, no hint",
                "1 primary try, fallback answers in 0.5 s beside its own time",
                Script.always(limited()),
                ideal);
    }

    private static Scenario oneServerError() {
        Conduct error = Conduct.refusal(500, "server_error", "internal_error", "The server had an error");
        // The try after a random wait of 250 to 500 ms may be seen a little later on a busy machine.
        Ideal ideal = wholeAnswer(primaryTries(2, 2), secondTryAfter(0.25, 0.65), answeredByPrimary());
        return both(
                "S03",
                "one 500, later fine",
                "primary again after 250 to 500 ms and answers",
                Script.first(error, ANSWER),
                ideal);
    }

    private static Scenario unavailable() {
        Ideal ideal = wholeAnswer(primaryTries(2, 2), seconds(2), answeredByFallback());
        return both("S04", "always 503", "2 primary tries, fallback, 2 s in all", Script.always(UNAVAILABLE), ideal);
    }

    private static Scenario resetBeforeTheAnswer() {
        return both(
                "S05",
                "reset before any byte of an answer, later fine",
                "primary again or fallback, 2 s in all",
                Script.first(new Conduct.Reset(), ANSWER),
                wholeAnswer(seconds(2)));
    }

    private static Scenario silence() {
        Ideal ideal = wholeAnswer(primaryTries(1, 1), firstTryCancelledAfter(0, 11), seconds(15), answeredByFallback());
        return new Scenario(
                "S06",
                "request accepted, then silence",
                "1 primary try, cancelled at the limit of the first token; fallback; 15 s in all",
                List.of(Lane.streamed(Script.always(new Conduct.Silence(Duration.ofMinutes(2))), ideal)));
    }

    private static Scenario lateFirstToken() {
        Conduct late = new Conduct.Answer(Duration.ofSeconds(20), ANSWER.pace(), new Flaw.None());
        return new Scenario(
                "S07",
                "head at once, first token after 20 s",
                "fallback at the limit of the first token; 15 s in all",
                List.of(Lane.streamed(Script.always(late), wholeAnswer(seconds(15), answeredByFallback()))));
    }

    private static Scenario cut() {
        Script script = Script.always(ANSWER.with(new Flaw.Cut(40, Duration.ZERO, Ending.CLOSE)));
        Script unnoticed = Script.always(ANSWER.with(new Flaw.Cut(40, Duration.ZERO, Ending.CLEAN)));
        return new Scenario(
                "S08",
                "cut after 40 tokens without a mark of the end",
                "the answer is completed without a token lost or doubled: one stream, one [DONE]",
                List.of(
                        Lane.streamed(script, wholeAnswer(fallbackTries(0, 1))),
                        Lane.streamed(unnoticed, wholeAnswer(fallbackTries(0, 1)))
                                .named("clean-end"),
                        Lane.whole(script, wholeAnswer(fallbackTries(0, 1)))));
    }

    private static Scenario stall() {
        Script script = Script.always(ANSWER.with(new Flaw.Cut(20, Duration.ofSeconds(30), Ending.CLOSE)));
        return new Scenario(
                "S09",
                "silent after 20 tokens for 30 s, then closed",
                "stall found, answer completed, 35 s in all",
                List.of(Lane.streamed(script, wholeAnswer(seconds(35)))));
    }

    private static Scenario brokenEvent() {
        String half =
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"con";
        Script lost = Script.always(ANSWER.with(new Flaw.BrokenEvent(30, half, Flaw.Place.INSTEAD)));
        Script extra = Script.always(ANSWER.with(new Flaw.BrokenEvent(30, "upstream hiccup", Flaw.Place.BESIDE)));
        return new Scenario(
                "S10",
                "one event is invalid JSON, the rest normal",
                "garbage never reaches the caller, answer complete",
                List.of(
                        Lane.streamed(lost, wholeAnswer()),
                        Lane.streamed(extra, wholeAnswer()).named("extra")));
    }

    private static Scenario noDone() {
        Ideal ideal = wholeAnswer(secondsAfterTheLastToken(1.5));
        Script open = Script.always(ANSWER.with(new Flaw.NoDone(Ending.HOLD)));
        Script closed = Script.always(ANSWER.with(new Flaw.NoDone(Ending.CLEAN)));
        return new Scenario(
                "S11",
                "complete, but no [DONE]",
                "ends 1.5 s after the last token with [DONE] and usage",
                List.of(Lane.streamed(open, ideal), Lane.streamed(closed, ideal).named("clean-end")));
    }

    private static Scenario contextExceeded() {
        return both(
                "S12",
                "400 context_length_exceeded",
                "1 primary try, then the larger model",
                Script.always(TOO_LONG),
                wholeAnswer(primaryTries(1, 1), answeredByFallback()));
    }

    private static Scenario policyViolated() {
        Ideal ideal =
                Ideal.refusal(400, "content_policy_violation", POLICY.body(), primaryTries(1, 1), fallbackTries(0, 0));
        return both(
                "S13",
                "400 content_policy_violation",
                "1 primary try, no fallback, the provider's 400 unchanged",
                Script.always(POLICY),
                ideal);
    }

    private static Scenario cutAndNoPrefill() {
        Script script = Script.always(ANSWER.with(new Flaw.Cut(40, Duration.ZERO, Ending.CLOSE)));
        return new Scenario(
                "S14",
                "as S08, and the fallback refuses a trailing assistant message",
                "completed all the same, the fallback's 400 never shown",
                List.of(Lane.streamed(script, wholeAnswer())
                        .withFallback(Script.healthy().refusingPrefill(NO_PREFILL))));
    }

    private static Scenario outage() {
        // A little less than 60 s, so that the 16th request finds it over.
        Duration outage = Duration.ofMillis(59_900);
        Script script = Script.during(outage, UNAVAILABLE, ANSWER);
        Ideal ideal = wholeAnswer(new Outage(outage.toMillis() / 1e3, 6, 25));
        Duration every = Duration.ofSeconds(4);
        return new Scenario(
                "S15",
                "503 for 60 s; 20 requests, one each 4 s",
                "fallback answers in the outage, 6 primary tries at most, primary back 25 s after recovery",
                List.of(Lane.streamed(script, ideal).asking(20, every)));
    }

    private static Scenario account() {
        return both(
                "S16",
                "primary always 503",
                "model and usage are the fallback's",
                Script.always(UNAVAILABLE),
                wholeAnswer(answeredByFallback(), accountOfTheFallback()));
    }

    private static Scenario both(String id, String fault, String outcome, Script script, Ideal ideal) {
        return new Scenario(id, fault, outcome, List.of(Lane.streamed(script, ideal), Lane.whole(script, ideal)));
    }

    private static Conduct.Refusal limited() {
        return Conduct.refusal(429, "rate_limit_error", "rate_limit_exceeded", "Too many requests");
    }
}
