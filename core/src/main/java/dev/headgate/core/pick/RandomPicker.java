package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;
import java.util.random.RandomGenerator;

/** Uniform among the available; two passes over the candidates, nothing allocated. */
final class RandomPicker implements Picker {
    private final RandomGenerator random;

    RandomPicker(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public int pick(Candidates candidates, InferenceRequest request) {
        int available = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.available(i)) {
                available++;
            }
        }
        if (available == 0) {
            return NONE;
        }
        int skip = random.nextInt(available);
        int lastSeen = NONE;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.available(i)) {
                lastSeen = i;
                if (skip-- == 0) {
                    return i;
                }
            }
        }
        return lastSeen; // some filled up between the passes
    }
}
