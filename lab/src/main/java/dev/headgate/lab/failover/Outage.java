package dev.headgate.lab.failover;

import dev.headgate.lab.provider.Try;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The limits of a primary that is out for a while under steady requests.
 *
 * @param seconds how long it is out, from its first try on
 * @param mostTries how often it may be tried meanwhile
 * @param recoverySeconds how soon after the end it must serve again
 */
record Outage(double seconds, int mostTries, double recoverySeconds) implements Limit {
    @Override
    public Optional<String> missed(Evidence evidence) {
        if (evidence.primary().isEmpty()) {
            return Optional.of("the primary was never tried");
        }
        List<String> missed = new ArrayList<>();
        long startNanos = evidence.primary().getFirst().arrivedNanos();
        for (int i = 0; i < evidence.answers().size(); i++) {
            boolean isMeanwhile = (evidence.receptions().get(i).endedNanos() - startNanos) / 1e9 < seconds;
            String model = evidence.answers().get(i).model();
            if (isMeanwhile && !model.equals(evidence.models().fallback())) {
                missed.add("request " + (i + 1) + " in the outage answered by " + model);
            }
        }
        long tries = evidence.primary().stream()
                .filter(t -> evidence.sinceFirst(t) < seconds)
                .count();
        if (tries > mostTries) {
            missed.add("%d primary tries in the outage (ideal: <= %d)".formatted(tries, mostTries));
        }
        boolean isBack = evidence.primary().stream().anyMatch(t -> isServedInTime(evidence, t));
        if (!isBack) {
            missed.add("primary not serving %.0f s after its recovery".formatted(recoverySeconds));
        }
        return missed.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missed));
    }

    private boolean isServedInTime(Evidence evidence, Try served) {
        double since = evidence.sinceFirst(served);
        return served.status() == 200 && since >= seconds && since <= seconds + recoverySeconds;
    }
}
