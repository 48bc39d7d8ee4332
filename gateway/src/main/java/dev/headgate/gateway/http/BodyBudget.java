package dev.headgate.gateway.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of all request bodies that are held at one time.
 *
 * <p>Thread-safe. Nothing is refused: whoever finds it used up stops reading from its socket and is told when there is
 * room, so that the pressure reaches the client.
 *
 * <p>Bodies that are only half there must not wait for each other. If no whole body is held, whose end would make room, the
 * one that has waited longest goes on regardless; so at most one body is held above the limit, and of every other one that
 * is read what had arrived when it stopped.
 */
public final class BodyBudget {
    private final Queue<Share> waiting = new ArrayDeque<>(); // guarded by this, as is all below and in the shares
    private long limitBytes;
    private long heldBytes;
    private int wholeBodies;
    private @Nullable Share favourite;

    /** Creates an unused budget of {@code limitBytes}. */
    public BodyBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Returns the share of one body, empty so far; {@code whenRoom} runs on any thread once it may be read on. */
    Share open(Runnable whenRoom) {
        return new Share(whenRoom);
    }

    /** Changes the limit to {@code bytes}; what is held stays, and whoever has room now is told. */
    void limit(long bytes) {
        List<Share> woken;
        synchronized (this) {
            limitBytes = bytes;
            woken = mayReadOn();
        }
        wake(woken);
    }

    /** Returns the bytes that are held. */
    synchronized long heldBytes() {
        return heldBytes;
    }

    private void wake(List<Share> woken) {
        woken.forEach(share -> share.whenRoom.run());
    }

    /** Takes those who may read on out of the queue. */
    private List<Share> mayReadOn() {
        if (waiting.isEmpty()) {
            return new ArrayList<>(0);
        }
        List<Share> woken = new ArrayList<>();
        while (heldBytes < limitBytes && !waiting.isEmpty()) {
            woken.add(waiting.remove());
        }
        if (favourite == null && wholeBodies == 0 && !waiting.isEmpty()) {
            favourite = waiting.remove();
            woken.add(favourite);
        }
        return woken;
    }

    /** What one body holds of the budget. */
    final class Share {
        private final Runnable whenRoom;
        private long bytes;
        private boolean isWhole;

        private Share(Runnable whenRoom) {
            this.whenRoom = whenRoom;
        }

        /** Takes {@code more}, which is there and must be held, and returns whether the body may be read on at once. */
        boolean take(long more) {
            List<Share> woken;
            boolean mayReadOn;
            synchronized (BodyBudget.this) {
                bytes += more;
                heldBytes += more;
                if (heldBytes < limitBytes || favourite == this) {
                    return true;
                }
                if (!waiting.contains(this)) {
                    waiting.add(this);
                }
                woken = mayReadOn();
                mayReadOn = woken.remove(this);
            }
            wake(woken);
            return mayReadOn;
        }

        /** The body is whole: what it holds comes back without more being read. */
        void whole() {
            synchronized (BodyBudget.this) {
                isWhole = true;
                wholeBodies++;
                waiting.remove(this);
                if (favourite == this) {
                    favourite = null;
                }
            }
        }

        /** Gives back all that is held; the share is not used again. */
        void give() {
            List<Share> woken;
            synchronized (BodyBudget.this) {
                heldBytes -= bytes;
                bytes = 0;
                wholeBodies -= isWhole ? 1 : 0;
                isWhole = false;
                waiting.remove(this);
                if (favourite == this) {
                    favourite = null;
                }
                woken = mayReadOn();
            }
            wake(woken);
        }
    }
}
