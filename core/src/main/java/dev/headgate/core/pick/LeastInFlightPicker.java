package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;
import java.util.random.RandomGenerator;

/** The fewest in flight; a tie is drawn by reservoir sampling, so one pass is enough. */
final class LeastInFlightPicker implements Picker {
    private final RandomGenerator random;

    LeastInFlightPicker(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int pick(Candidates candidates, InferenceRequest request) {
        int best = NONE;
        int fewest = Integer.MAX_VALUE;
        int equals = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (!candidates.available(i)) {
                continue;
            }
            int inFlight = candidates.inFlight(i);
            if (inFlight < fewest) {
                best = i;
                fewest = inFlight;
                equals = 1;
            } else if (inFlight == fewest && random.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return best;
    }
}
