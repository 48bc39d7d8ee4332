package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;

/** How the requests of those candidates that count are spread. */
final class QueueSpread {
    private int most;
    private int fewest;
    private double mean;
    private double deviation;

    /** Looks at the available candidates, or at all of them. */
    void read(Candidates candidates, boolean onlyAvailable) {
        most = 0;
        fewest = Integer.MAX_VALUE;
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (onlyAvailable && !candidates.available(i)) {
                continue;
            }
            int ongoing = candidates.ongoing(i);
            most = Math.max(most, ongoing);
            fewest = Math.min(fewest, ongoing);
            sum += ongoing;
            squares += (double) ongoing * ongoing;
            count++;
        }
        mean = count == 0 ? 0 : sum / count;
        deviation = count == 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean));
    }

    /** Returns the longest less the shortest queue. */
    int range() {
        return Math.max(0, most - fewest);
    }

    /** Returns the mean. */
    double mean() {
        return mean;
    }

    /** Returns the population's standard deviation. */
    double deviation() {
        return deviation;
    }
}
