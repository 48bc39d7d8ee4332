package dev.headgate.lab.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scores a lane. */
final class Judge {
    private static final int SHOWN_NOTES = 4;

    private Judge() {}

    /** A score and what it is for; the note is empty for a pass. */
    record Finding(Score score, String note) {}

    static Finding judge(Ideal ideal, Evidence evidence) {
        return ideal.refusal()
                .map(refusal -> refusal(refusal, ideal.limits(), evidence))
                .orElseGet(() -> wholeAnswers(ideal.limits(), evidence));
    }

    private static Finding wholeAnswers(List<Limit> limits, Evidence evidence) {
        Score score = Score.PASS;
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < evidence.answers().size(); i++) {
            ReceivedAnswer answer = evidence.answers().get(i);
            score = score.worse(scoreOf(answer));
            String which = evidence.answers().size() == 1 ? "" : "request " + (i + 1) + ": ";
            answer.flaws().forEach(flaw -> notes.add(which + flaw));
            if (!answer.note().isEmpty()) {
                notes.add(which + answer.note());
            }
        }
        // The limits are about answers: where there is none, the error says all.
        if (score.compareTo(Score.PARTIAL) <= 0) {
            List<String> missed = missed(limits, evidence);
            score = missed.isEmpty() ? score : Score.PARTIAL;
            notes.addAll(missed);
        }
        return new Finding(score, joined(notes));
    }

    /** One of twenty requests that fail alike says enough. */
    private static String joined(List<String> notes) {
        return notes.size() <= SHOWN_NOTES
                ? String.join("; ", notes)
                : String.join("; ", notes.subList(0, SHOWN_NOTES)) + "; and " + (notes.size() - SHOWN_NOTES) + " more";
    }

    private static Score scoreOf(ReceivedAnswer answer) {
        return switch (answer.kind()) {
            case WHOLE -> answer.flaws().isEmpty() ? Score.PASS : Score.PARTIAL;
            case REFUSED, INTERRUPTED -> Score.SAFE;
            case WRONG -> Score.FAIL;
        };
    }

    private static Finding refusal(Ideal.Refusal refusal, List<Limit> limits, Evidence evidence) {
        ReceivedAnswer answer = evidence.answer();
        List<String> missed = missed(limits, evidence);
        if (answer.kind() == ReceivedAnswer.Kind.WRONG) {
            return new Finding(Score.FAIL, answer.note());
        }
        if (answer.kind() == ReceivedAnswer.Kind.WHOLE) {
            missed.addFirst("answered all the same by " + answer.model());
            return new Finding(Score.PARTIAL, String.join("; ", missed));
        }
        Reception reception = evidence.reception();
        boolean isTold =
                reception.status() == refusal.status() && reception.body().contains(refusal.code());
        if (!isTold) {
            return new Finding(Score.SAFE, answer.note());
        }
        if (!reception.body().equals(refusal.body())) {
            missed.addFirst("the provider's body was changed");
        }
        return new Finding(missed.isEmpty() ? Score.PASS : Score.PARTIAL, String.join("; ", missed));
    }

    private static List<String> missed(List<Limit> limits, Evidence evidence) {
        List<String> missed = new ArrayList<>();
        for (Limit limit : limits) {
            Optional<String> how = limit.missed(evidence);
            how.ifPresent(missed::add);
        }
        return missed;
    }
}
