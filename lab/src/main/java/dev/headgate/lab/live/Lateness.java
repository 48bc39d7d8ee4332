package dev.headgate.lab.live;

import java.util.Arrays;

/** How many microseconds late things were. Written by one thread, read after it has ended. */
final class Lateness {
    private long[] micros = new long[1024];
    private int count;

    void add(long late) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
        }
        micros[count++] = late;
    }

    /** Returns its median and its largest values, zeros if nothing was late or on time. */
    Delay delay() {
        return Delay.of(Arrays.copyOf(micros, count));
    }
}
