package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who may try a half-open backend: one process in the fleet at a time. A request that finds no right here goes elsewhere
 * while the right is asked for; one of the next uses it. A right that no request has used for a second is given back, and
 * then the next request tries without: a process with few requests would never meet its own right.
 *
 * <p>Thread-safe, with a lock for each backend that is held for a few instructions.
 */
final class ProbeRights {
    /** As in gateway.md §12: a process that dies with the right keeps it no longer. */
    private static final long LIFE_MILLIS = 30_000;

    private static final long LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(LIFE_MILLIS);
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final RedisLink link;
    private final KeyNames keys;
    private final String me;
    private final Runnable wake;
    private final Map<BackendPart, Right> rights = new ConcurrentHashMap<>();

    /**
     * Creates one that has no right.
     *
     * @param wake has {@link #ask} called soon, on the module's thread
     */
    ProbeRights(RedisLink link, KeyNames keys, String me, Runnable wake) {
        this.link = link;
        this.keys = keys;
        this.me = me;
        this.wake = wake;
    }

    /** Returns whether a request of this process may try {@code backend} now; asks for the right where that is unknown. */
    boolean mayProbe(BackendPart backend) {
        if (!link.isUp()) {
            return true;
        }
        Answer answer = right(backend).mayProbe(System.nanoTime());
        if (answer == Answer.ASK) {
            wake.run();
        }
        return answer == Answer.YES;
    }

    /** A request of this process tries {@code backend}. */
    void began(BackendPart backend) {
        right(backend).began();
    }

    /** It ended: the right goes back. */
    void ended(BackendPart backend) {
        if (right(backend).ended()) {
            wake.run();
        }
    }

    /** Asks for rights that are wanted and gives back those that are not needed. */
    void ask() {
        long now = System.nanoTime();
        rights.forEach((backend, right) -> {
            if (right.isToBeGivenBack(now)) {
                var unusedRelease = link.run(Script.RELEASE, List.of(keys.probe(backend)), List.of(me));
            }
            if (right.isWanted()) {
                var unusedClaim = link.run(
                                Script.CLAIM, List.of(keys.probe(backend)), List.of(me, Long.toString(LIFE_MILLIS)))
                        .whenComplete((answer, failure) -> right.answered(answer, System.nanoTime()));
            }
        });
        rights.values().removeIf(Right::isIdle);
    }

    private Right right(BackendPart backend) {
        return rights.computeIfAbsent(backend, name -> new Right());
    }

    private enum Answer {
        YES,
        NO,
        ASK
    }

    private enum State {
        UNKNOWN,
        WANTED,
        ASKED,
        MINE,
        RETURNING,
        OTHERS
    }

    private static final class Right {
        private State state = State.UNKNOWN;
        private long sinceNanos;
        private int probes;
        private boolean wasUsed;
        private boolean isMissed;

        synchronized Answer mayProbe(long nowNanos) {
            if (isMissed && state == State.UNKNOWN) {
                return Answer.YES;
            }
            boolean isMine = state == State.MINE && nowNanos - sinceNanos < LIFE_NANOS;
            boolean isPending = state == State.WANTED || state == State.ASKED || state == State.RETURNING;
            boolean isFresh = state == State.OTHERS && nowNanos - sinceNanos < ASK_AGAIN_NANOS;
            if (isMine || isPending || isFresh) {
                return isMine ? Answer.YES : Answer.NO;
            }
            state = State.WANTED;
            return Answer.ASK;
        }

        synchronized void began() {
            probes++;
            wasUsed = true;
            isMissed = false;
        }

        synchronized boolean ended() {
            probes = Math.max(0, probes - 1);
            if (probes == 0 && state == State.MINE) {
                state = State.RETURNING;
                return true;
            }
            return false;
        }

        synchronized boolean isWanted() {
            if (state == State.WANTED) {
                state = State.ASKED;
                return true;
            }
            return false;
        }

        synchronized void answered(@Nullable List<Object> answer, long nowNanos) {
            boolean isMine = answer != null && answer.get(0).equals(1L);
            state = answer == null ? State.UNKNOWN : isMine ? State.MINE : State.OTHERS;
            isMissed = answer == null; // without the others' word, one's own counts
            sinceNanos = nowNanos;
            wasUsed = false;
        }

        synchronized boolean isToBeGivenBack(long nowNanos) {
            boolean isUnused = state == State.MINE && !wasUsed && nowNanos - sinceNanos >= UNUSED_NANOS;
            isMissed |= isUnused;
            if (isUnused || state == State.RETURNING) {
                state = State.UNKNOWN;
                return true;
            }
            return false;
        }

        synchronized boolean isIdle() {
            return state == State.UNKNOWN && probes == 0 && !isMissed;
        }
    }
}
