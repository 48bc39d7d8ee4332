package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import java.util.Arrays;

/**
 * The endpoints of a pool by name, and where each stands among candidates: at once if the candidates are the whole pool,
 * else by asking them.
 */
final class OrderedIds {
    private EndpointId[] ids = new EndpointId[0];
    private int[] positions = new int[0]; // among the candidates that these were read from

    /** Reads the membership; returns whether it differs from what was known. */
    boolean read(Candidates all) {
        EndpointId[] read = new EndpointId[all.size()];
        for (int i = 0; i < read.length; i++) {
            read[i] = all.id(i);
        }
        Arrays.sort(read);
        boolean differs = !Arrays.equals(read, ids);
        ids = read;
        positions = new int[read.length];
        for (int i = 0; i < read.length; i++) {
            positions[Arrays.binarySearch(read, all.id(i))] = i;
        }
        return differs;
    }

    /** Returns how many there are. */
    int size() {
        return ids.length;
    }

    /** Returns the {@code place}-th by name. */
    EndpointId id(int place) {
        return ids[place];
    }

    /** Returns the index among {@code candidates} of the {@code place}-th by name, −1 if it is not among them. */
    int index(Candidates candidates, int place) {
        int index = positions[place];
        EndpointId id = ids[place];
        return index < candidates.size() && id.equals(candidates.id(index)) ? index : candidates.indexOf(id);
    }

    /** Returns the place of the first endpoint whose name is not before {@code id}. */
    int placeOf(EndpointId id) {
        int found = Arrays.binarySearch(ids, id);
        return found >= 0 ? found : -found - 1;
    }
}
