package dev.headgate.core.pick;

/**
 * The three candidates of least cost out of those offered, ties in random order. Reused; allocates nothing.
 *
 * <p>One number drawn per choice decides all its ties: mixed with a candidate's index it gives each a place of its own, so
 * that of k equal ones each is first with a chance of 1/k and a choice draws the same whatever it finds. A cost that is no
 * number counts as infinite: it wins only where there is no other.
 */
final class BestThree {
    private static final int PLACES = 3;

    private final int[] indexes = new int[PLACES];
    private final double[] costs = new double[PLACES];
    private final double[] seconds = new double[PLACES];
    private int count;
    private long draw;

    /** Forgets what was offered. */
    void begin(long randomDraw) {
        count = 0;
        draw = randomDraw;
    }

    /** Offers candidate {@code index} at {@code cost}; of equal costs the smaller {@code second} is better. */
    void offer(int index, double cost, double second) {
        double least = Double.isNaN(cost) ? Double.POSITIVE_INFINITY : cost;
        if (count == PLACES && least > costs[PLACES - 1]) {
            return;
        }
        int place = count;
        while (place > 0 && isBefore(index, least, second, place - 1)) {
            place--;
        }
        if (place == PLACES) {
            return;
        }
        count = Math.min(PLACES, count + 1);
        for (int i = count - 1; i > place; i--) {
            indexes[i] = indexes[i - 1];
            costs[i] = costs[i - 1];
            seconds[i] = seconds[i - 1];
        }
        indexes[place] = index;
        costs[place] = least;
        seconds[place] = Double.isNaN(second) ? Double.POSITIVE_INFINITY : second;
    }

    /** Adds each to a rank of its own, the best first. */
    void addTo(Ranks ranks) {
        for (int i = 0; i < count; i++) {
            ranks.add(indexes[i]).next();
        }
    }

    private boolean isBefore(int index, double cost, double second, int place) {
        if (cost != costs[place]) {
            return cost < costs[place];
        }
        double other = Double.isNaN(second) ? Double.POSITIVE_INFINITY : second;
        if (other != seconds[place]) {
            return other < seconds[place];
        }
        return mixed(index) < mixed(indexes[place]);
    }

    private long mixed(int index) {
        long value = (draw + index) * 0x9E3779B97F4A7C15L;
        value = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
        return value ^ (value >>> 32);
    }
}
