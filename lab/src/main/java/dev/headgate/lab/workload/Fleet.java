package dev.headgate.lab.workload;

import dev.headgate.lab.engine.ReplicaSpeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The replicas that requests are offered to, and what happens to them.
 *
 * @param replicas how fast each is
 * @param events what happens when
 */
public record Fleet(List<ReplicaSpeed> replicas, List<Event> events) {
    /** W8's: four at full speed, three at 0.6, one that drops to a third for three minutes; one crashes. */
    public static final Fleet UNEVEN = new Fleet(
            List.of(
                    ReplicaSpeed.FULL,
                    ReplicaSpeed.FULL,
                    ReplicaSpeed.FULL,
                    ReplicaSpeed.FULL,
                    new ReplicaSpeed(0.6, 1),
                    new ReplicaSpeed(0.6, 1),
                    new ReplicaSpeed(0.6, 1),
                    ReplicaSpeed.FULL),
            List.of(
                    new Event(7, 120_000_000, Event.Kind.SPEED, 1.0 / 3),
                    new Event(7, 300_000_000, Event.Kind.SPEED, 1),
                    new Event(4, 200_000_000, Event.Kind.CRASH, 0),
                    new Event(4, 230_000_000, Event.Kind.RECOVER, 0)));

    private static final int MOST = 100_000;

    public Fleet {
        replicas = List.copyOf(replicas);
        events = List.copyOf(events);
    }

    /** Returns {@code count} equal replicas to which nothing happens. */
    public static Fleet of(int count) {
        return new Fleet(Collections.nCopies(count, ReplicaSpeed.FULL), List.of());
    }

    /**
     * Reads {@code 8}, or groups as {@code 4xPRESET,3xPRESET*0.6}, where PRESET is {@code preset}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Fleet parse(String text, String preset) {
        List<ReplicaSpeed> replicas = new ArrayList<>();
        for (String group : text.split(",", -1)) {
            String[] countAndKind = group.strip().split("x", 2);
            int count = count(text, countAndKind[0]);
            double speed = 1;
            if (countAndKind.length == 2) {
                String[] kind = countAndKind[1].split("\\*", 2);
                if (!kind[0].equals(preset)) {
                    throw refusal(text, "groups of the engine's preset, " + preset);
                }
                speed = kind.length == 2 ? factor(text, kind[1]) : 1;
            }
            replicas.addAll(Collections.nCopies(count, new ReplicaSpeed(speed, 1)));
        }
        return new Fleet(replicas, List.of());
    }

    /** Returns how many replicas there are. */
    public int size() {
        return replicas.size();
    }

    private static int count(String text, String number) {
        try {
            int count = Integer.parseInt(number.strip());
            if (count >= 1 && count <= MOST) {
                return count;
            }
        } catch (NumberFormatException e) {
            // refused in the same words as a number out of range
        }
        throw refusal(text, "a number from 1 to " + MOST + ", or groups as 4xh100-llama8b,3xh100-llama8b*0.6");
    }

    private static double factor(String text, String number) {
        try {
            double factor = Double.parseDouble(number);
            if (factor > 0 && factor < 1e6) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // refused in the same words as a number out of range
        }
        throw refusal(text, "a factor > 0 behind *");
    }

    private static IllegalArgumentException refusal(String text, String expected) {
        return new IllegalArgumentException(text + " (expected: " + expected + ")");
    }

    /**
     * What happens to a replica.
     *
     * @param replica its number
     * @param atMicros when
     * @param kind what
     * @param factor the speed from then on
     */
    public record Event(int replica, long atMicros, Kind kind, double factor) {
        /** The kinds. */
        public enum Kind {
            SPEED,
            CRASH,
            RECOVER
        }
    }
}
