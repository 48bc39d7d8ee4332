package dev.headgate.core.route;

import dev.headgate.core.pick.Ranks;
import dev.headgate.core.time.Wakeups.Wakeup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a waiting call goes through until it is assigned: pass after pass, with a wait between them. While it waits for
 * probes it holds the ranks that its router chose, as the indices of endpoints may change meanwhile.
 */
final class Pass implements Comparable<Pass> {
    final Call call;
    State state = State.QUEUED;
    int number; // of passes begun in this attempt
    int ranksTried; // over all attempts
    int rank; // the one that is tried
    boolean retriesAtOnce;
    int retries; // at once, in this pass
    final List<Member> avoided = new ArrayList<>(0); // those that were unavailable, for one pass
    boolean isCounted = true; // among those that wait; not while its first choice is made elsewhere
    final List<Probe> awaited = new ArrayList<>(4);

    /** The end of a backoff, or of the time for the probes of a rank. */
    @Nullable
    Wakeup wakeup;

    private Member[] chosen = new Member[0]; // all ranks, one after another
    private int[] ends = new int[0];
    private @Nullable InstalledRouter chooser;

    Pass(Call call) {
        this.call = call;
    }

    /** Keeps a choice among {@code members}. */
    void keep(Ranks ranks, Member[] members, InstalledRouter router) {
        chooser = router;
        int count = ranks.count();
        int size = 0;
        ends = new int[count];
        for (int r = 0; r < count; r++) {
            size += ranks.size(r);
            ends[r] = size;
        }
        chosen = new Member[size];
        int next = 0;
        for (int r = 0; r < count; r++) {
            for (int position = 0; position < ranks.size(r); position++) {
                chosen[next++] = members[ranks.get(r, position)];
            }
        }
        retriesAtOnce = ranks.retriesAtOnce();
        rank = 0;
    }

    int ranks() {
        return ends.length;
    }

    int start() {
        return rank == 0 ? 0 : ends[rank - 1];
    }

    int end() {
        return ends[rank];
    }

    Member chosen(int position) {
        return chosen[position];
    }

    /** Returns whose choice it keeps; {@code other} if none. */
    InstalledRouter chooserOr(InstalledRouter other) {
        return chooser == null ? other : chooser;
    }

    void cancelWakeup() {
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    /** By creation, then by arrival. */
    @Override
    public int compareTo(Pass other) {
        int byCreation = Long.signum(call.createdAtNanos() - other.call.createdAtNanos());
        return byCreation != 0 ? byCreation : Long.compare(call.sequence, other.call.sequence);
    }

    /** Where it stands. */
    enum State {
        /** It waits for a place among the active ones. */
        QUEUED,
        /** It is tried at this moment. */
        TRYING,
        /** It waits for the router's answer. */
        CHOOSING,
        /** It waits for probes. */
        PROBING,
        /** It waits for its next pass. */
        BACKOFF,
        /** It was assigned, or has ended. */
        OVER
    }
}
