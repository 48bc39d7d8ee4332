package dev.headgate.core.pick;

import java.util.Arrays;

/** The points of endpoints on a circle of 64-bit hashes, each endpoint at as many as it has virtual nodes. Immutable. */
final class HashRing {
    /** The seed of Ray Serve's ring. */
    private static final int SEED = 0xF9B4CA77;

    private final long[] points; // ascending as signed numbers: where a circle is cut does not matter
    private final int[] places; // in the order of ids

    HashRing(OrderedIds ids, int virtualNodes) {
        int count = Math.multiplyExact(ids.size(), virtualNodes);
        long[][] nodes = new long[count][];
        for (int i = 0; i < count; i++) {
            int place = i / virtualNodes;
            nodes[i] = new long[] {hash(ids.id(place) + ":" + i % virtualNodes), place};
        }
        Arrays.sort(nodes, (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
        points = new long[count];
        places = new int[count];
        for (int i = 0; i < count; i++) {
            points[i] = nodes[i][0];
            places[i] = (int) nodes[i][1];
        }
    }

    static long hash(String text) {
        return Murmur3.hash(text, SEED);
    }

    /** Returns how many nodes it has. */
    int size() {
        return points.length;
    }

    /** Returns the first node at or after {@code hash}, past the last again the first. */
    int nodeAt(long hash) {
        int found = Arrays.binarySearch(points, hash);
        int node = found >= 0 ? found : -found - 1;
        while (node > 0 && node < points.length && points[node - 1] == hash) {
            node--;
        }
        return node == points.length ? 0 : node;
    }

    /** Returns the place by name of the endpoint of {@code node}. */
    int place(int node) {
        return places[node];
    }
}
