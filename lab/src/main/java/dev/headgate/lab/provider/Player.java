package dev.headgate.lab.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Plays one try's conduct on the wire and keeps its record. */
final class Player {
    private final Wire wire;
    private final Try played;

    Player(Wire wire, Try played) {
        this.wire = wire;
        this.played = played;
    }

    /** Returns whether the connection can take another request. */
    boolean play(Conduct conduct, Dialect dialect, List<String> tokens, boolean streams) throws IOException {
        boolean isReusable = false;
        try {
            isReusable = switch (conduct) {
                case Conduct.Refusal refusal -> refuse(refusal);
                case Conduct.Reset _ -> wire.end(Ending.RESET);
                case Conduct.Silence silence -> stayQuiet(silence.duration());
                case Conduct.Answer answer ->
                    streams ? stream(answer, dialect, tokens) : document(answer, dialect, tokens.size());
            };
            played.ended(Try.State.PLAYED);
        } catch (CallerGoneException e) {
            played.ended(Try.State.CALLER_GONE);
            throw e;
        }
        return isReusable;
    }

    private boolean refuse(Conduct.Refusal refusal) throws IOException {
        wire.send(
                refusal.status(),
                refusal.headers(),
                "application/json",
                refusal.body().getBytes(UTF_8));
        played.headSent(refusal.status());
        return true;
    }

    private boolean stayQuiet(Duration duration) throws IOException {
        wire.pauseUntil(System.nanoTime() + duration.toNanos());
        return wire.end(Ending.CLOSE);
    }

    private boolean stream(Conduct.Answer answer, Dialect dialect, List<String> tokens) throws IOException {
        wire.sendStreamHead();
        played.headSent(200);
        for (String event : dialect.opening()) {
            wire.sendEvent(event);
        }
        long nextNanos = System.nanoTime() + answer.firstTokenAfter().toNanos();
        for (int i = 0; i < tokens.size(); i++) {
            wire.pauseUntil(nextNanos);
            nextNanos += answer.pace().toNanos();
            int sent = i;
            switch (answer.flaw()) {
                case Flaw.Cut cut
                when cut.afterTokens() == sent -> {
                    wire.pauseUntil(System.nanoTime() + cut.silence().toNanos());
                    return wire.end(cut.ending());
                }
                case Flaw.ErrorEvent error
                when error.afterTokens() == sent -> {
                    wire.sendEvent("data: " + error.data() + "\n\n");
                    return wire.end(Ending.CLEAN);
                }
                case Flaw.BrokenEvent broken
                when broken.token() == sent -> {
                    wire.sendEvent("data: " + broken.data() + "\n\n");
                    if (broken.place() == Flaw.Place.BESIDE) {
                        wire.sendEvent(dialect.token(tokens.get(i)));
                    }
                }
                case Flaw.None _, Flaw.Cut _, Flaw.ErrorEvent _, Flaw.BrokenEvent _, Flaw.NoDone _ ->
                    wire.sendEvent(dialect.token(tokens.get(i)));
            }
            played.tokensSent(i + 1);
        }
        for (String event : dialect.closing()) {
            wire.sendEvent(event);
        }
        if (answer.flaw() instanceof Flaw.NoDone flaw) {
            return wire.end(flaw.ending());
        }
        if (dialect.endsWithDone()) {
            wire.sendEvent("data: [DONE]\n\n");
        }
        return wire.end(Ending.CLEAN);
    }

    /** The answer as one document takes as long as all its tokens; a cut one ends after half of its bytes. */
    private boolean document(Conduct.Answer answer, Dialect dialect, int tokens) throws IOException {
        long untilNanos = System.nanoTime()
                + answer.firstTokenAfter().toNanos()
                + answer.pace().multipliedBy(tokens).toNanos();
        byte[] body = dialect.whole().getBytes(UTF_8);
        wire.pauseUntil(untilNanos);
        played.headSent(200);
        if (answer.flaw() instanceof Flaw.Cut cut) {
            wire.sendPart(200, Map.of(), "application/json", body, body.length / 2);
            wire.pauseUntil(System.nanoTime() + cut.silence().toNanos());
            return wire.end(cut.ending() == Ending.CLEAN ? Ending.CLOSE : cut.ending());
        }
        wire.send(200, Map.of(), "application/json", body);
        played.tokensSent(tokens);
        return true;
    }
}
