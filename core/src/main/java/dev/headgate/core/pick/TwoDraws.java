package dev.headgate.core.pick;

import java.util.random.RandomGenerator;

/** Two distinct candidates drawn uniformly: of those available, or of all if none is. Reused; allocates nothing. */
final class TwoDraws {
    static final int NONE = -1;

    private int first = NONE;
    private int second = NONE;

    /** Draws anew. */
    void draw(Candidates candidates, RandomGenerator random) {
        int size = candidates.size();
        int eligible = 0;
        for (int i = 0; i < size; i++) {
            if (candidates.available(i)) {
                eligible++;
            }
        }
        boolean all = eligible == 0 || eligible == size;
        int count = all ? size : eligible;
        first = NONE;
        second = NONE;
        if (count == 0) {
            return;
        }
        int a = random.nextInt(count);
        first = all ? a : available(candidates, a);
        if (count > 1) {
            int b = random.nextInt(count - 1);
            b = b >= a ? b + 1 : b;
            second = all ? b : available(candidates, b);
        }
    }

    /** Returns the first, {@link #NONE} if there are no candidates. */
    int first() {
        return first;
    }

    /** Returns the second, {@link #NONE} if there are fewer than two. */
    int second() {
        return second;
    }

    private static int available(Candidates candidates, int number) {
        int left = number;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.available(i) && left-- == 0) {
                return i;
            }
        }
        return NONE;
    }
}
