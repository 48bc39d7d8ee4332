package dev.headgate.lab.workload;

import java.util.random.RandomGenerator;

/** When requests come in an open loop, and from whom. */
interface Arrivals {
    /** Returns the arrivals that {@code random} draws. */
    Times times(RandomGenerator random);

    /** Returns independent arrivals at {@code perSecond}. */
    static Arrivals poisson(double perSecond) {
        return random -> new Times() {
            private long micros;

            @Override
            public void next() {
                micros += Draws.exponentialMicros(1 / perSecond, random);
            }

            @Override
            public long micros() {
                return micros;
            }
        };
    }

    /**
     * Returns arrivals whose rate changes between 0.6 and 3 times a base, for 20 s and 5 s on average; the base is such that
     * the mean is {@code perSecond}.
     */
    static Arrivals bursts(double perSecond) {
        double base = perSecond / ((0.6 * 20 + 3.0 * 5) / 25);
        return random -> new Times() {
            private long micros;
            private long stateEnds;
            private boolean isBurst = true;

            @Override
            public void next() {
                while (true) {
                    long next = micros + Draws.exponentialMicros(1 / (base * (isBurst ? 3.0 : 0.6)), random);
                    if (next < stateEnds) {
                        micros = next;
                        return;
                    }
                    // Without memory, a wait that a change interrupts begins anew.
                    micros = stateEnds;
                    isBurst = !isBurst;
                    stateEnds += Draws.exponentialMicros(isBurst ? 5 : 20, random);
                }
            }

            @Override
            public long micros() {
                return micros;
            }
        };
    }

    /** Returns tenant B at {@code steadyPerSecond} and tenant A at {@code floodPerSecond} from 60 to 240 s. */
    static Arrivals flood(double steadyPerSecond, double floodPerSecond) {
        return random -> new Times() {
            private long steady;
            private long flood = 60_000_000;
            private boolean isFlood;

            @Override
            public void next() {
                if (isFlood || flood == 60_000_000) {
                    flood += Draws.exponentialMicros(1 / floodPerSecond, random);
                }
                if (!isFlood) {
                    steady += Draws.exponentialMicros(1 / steadyPerSecond, random);
                }
                isFlood = flood < steady && flood < 240_000_000;
            }

            @Override
            public long micros() {
                return isFlood ? flood : steady;
            }

            @Override
            public String tenant() {
                return isFlood ? "A" : "B";
            }
        };
    }

    /** One request after the other. */
    interface Times {
        /** Goes to the next request. */
        void next();

        /** Returns when it comes. */
        long micros();

        /** Returns who sends it. */
        default String tenant() {
            return "";
        }
    }
}
