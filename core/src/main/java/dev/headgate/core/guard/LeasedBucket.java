package dev.headgate.core.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One process's part of a limit per minute that a fleet keeps together: it spends chunks that it was lent, and decides when
 * to borrow more (gateway.md §12).
 *
 * <p>The lender keeps one bucket by the generic cell rate algorithm and charges a chunk when it is taken, as if it were
 * spent at the last moment at which it may be: {@link #HOLD_NANOS} later. So whoever spends what when, all together never
 * exceed the limit. A chunk is 200 ms of a fair share of the limit, at least what a request cost of late; the next is asked
 * for when half is spent or half of its time is over, so that a request finds one without waiting for it. What is left of a
 * chunk after its time goes back, and so does what a request did not use; what it used more is a debt.
 *
 * <p>While the lender is away, and until it has answered for the first time, a bucket of our own goes by the limit ÷
 * members. It is charged for all that is spent, so nobody begins alone with a full burst after a busy time.
 *
 * <p>Thread-safe and lock-free. {@link #due}, {@link #lent}, {@link #refused} and {@link #alone} belong to one thread.
 */
public final class LeasedBucket implements Bucket {
    /** How long a chunk may be spent. */
    public static final long HOLD_NANOS = 1_000_000_000L;

    private static final long CHUNKS_PER_MINUTE = 300; // of 200 ms
    private static final long LEAST_ASK_NANOS = 200_000_000L; // others may have given something back by then
    private static final long PENDING_NANOS = 1_000_000L; // what an answer that is on its way takes
    private static final long FIRST_TOKENS = 4_096; // of requests, as long as none is known
    private static final Chunk NOTHING = new Chunk(0, 0, 0);
    private static final Purse EMPTY = new Purse(NOTHING, NOTHING);

    private final long perMinute;
    private final long burst;
    private final boolean countsTokens;
    private final long bornNanos;
    private final Runnable wake;
    private final AtomicReference<Purse> purse = new AtomicReference<>(EMPTY);
    private final AtomicLong wanted = new AtomicLong();
    private final AtomicLong debt = new AtomicLong();
    private final AtomicReference<List<Returned>> returned = new AtomicReference<>(List.of());
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private volatile long usualCost;
    private volatile boolean isLent;
    private volatile long refusedUntilNanos;
    private volatile TokenBucket own;
    private volatile long chunk = 1;
    private int members = 1; // of the lending thread, as is the next
    private boolean isAsking;

    /**
     * Returns the part of {@code perMinute} > 0 requests.
     *
     * @param wake has the lending thread call {@link #due} soon; called on the request path, at most once until then
     */
    public static LeasedBucket ofRequests(long perMinute, Runnable wake, long nowNanos) {
        return new LeasedBucket(perMinute, perMinute / 6 + (perMinute % 6 == 0 ? 0 : 1), false, wake, nowNanos);
    }

    /** Returns the part of {@code perMinute} > 0 tokens. */
    public static LeasedBucket ofTokens(long perMinute, Runnable wake, long nowNanos) {
        return new LeasedBucket(perMinute, perMinute, true, wake, nowNanos);
    }

    private LeasedBucket(long perMinute, long burst, boolean countsTokens, Runnable wake, long nowNanos) {
        this.perMinute = perMinute;
        this.burst = burst;
        this.countsTokens = countsTokens;
        this.wake = wake;
        bornNanos = nowNanos;
        usualCost = countsTokens ? FIRST_TOKENS : 1;
        own = ofOwn(1);
    }

    /** Returns the limit of all members together. */
    public long perMinute() {
        return perMinute;
    }

    /** Returns what may come at once, of all members together. */
    public long burst() {
        return burst;
    }

    @Override
    public long charged(long cost) {
        return Math.min(cost, burst);
    }

    @Override
    public long waitNanos(long cost, long nowNanos) {
        if (!isLent) {
            return own.waitNanos(own.charged(cost), nowNanos - bornNanos);
        }
        if (purse.get().left(nowNanos) >= cost) {
            return 0;
        }
        want(cost);
        return Math.max(PENDING_NANOS, refusedUntilNanos - nowNanos);
    }

    @Override
    public long tryReserve(long cost, long nowNanos) {
        if (!isLent) {
            return own.tryReserve(own.charged(cost), nowNanos - bornNanos);
        }
        while (true) {
            Purse held = purse.get();
            if (held.left(nowNanos) < cost) {
                want(cost);
                return TokenBucket.REFUSED;
            }
            long stamp = held.stamp(cost, nowNanos);
            Purse rest = held.without(cost, nowNanos);
            if (purse.compareAndSet(held, rest)) {
                charge(cost, nowNanos);
                if (2 * rest.left(nowNanos) < chunk) {
                    wakeOnce();
                }
                return -stamp; // own stamps are ≥ 0, as own time begins at 0
            }
        }
    }

    @Override
    public void correct(long stamp, long reserved, long used, long nowNanos) {
        if (stamp >= 0) {
            own.correct(stamp, own.charged(reserved), used, nowNanos - bornNanos);
        } else if (used > reserved) {
            debt.addAndGet(Math.min(used - reserved, 60 * perMinute));
        } else if (used < reserved && isLent) {
            Returned unused = new Returned(-stamp, reserved - used);
            returned.updateAndGet(all -> all.size() < Returned.MAX ? plus(all, unused) : all);
        }
    }

    /** Returns what there is to tell the lender as of now, null if there is nothing. */
    public @Nullable Errand due(int membersNow, long nowNanos) {
        isWoken.set(false);
        counted(membersNow);
        chunk = Math.max(perMinute / (CHUNKS_PER_MINUTE * members), usual());
        List<Returned> back = new ArrayList<>(returned.getAndSet(List.of()));
        Purse held = purse.getAndUpdate(each -> each.valid(nowNanos));
        held.addExpired(back, nowNanos);
        long need = Math.min(burst, Math.max(wanted.get(), chunk));
        long fresh = held.left(nowNanos + HOLD_NANOS / 2);
        boolean isLow = 2 * fresh < chunk || held.left(nowNanos) < wanted.get();
        boolean asks = !isAsking && isLow && refusedUntilNanos - nowNanos <= 0;
        isAsking |= asks;
        Errand errand = new Errand(asks ? need : 0, debt.getAndSet(0), back);
        return errand.isNothing() ? null : errand;
    }

    /**
     * The lender lent {@code amount} as {@code stamp} > 0.
     *
     * @param askedNanos when it was asked
     */
    public void lent(long amount, long stamp, long askedNanos) {
        if (!isAsking) {
            return;
        }
        isAsking = false;
        wanted.set(0);
        Chunk added = new Chunk(amount, stamp, askedNanos + HOLD_NANOS);
        Purse held = purse.getAndUpdate(each -> each.with(added));
        if (held.isFull()) { // the older one made room
            returned.updateAndGet(all -> plus(all, new Returned(held.first.stamp, held.first.left)));
        }
        isLent = true;
    }

    /** The lender has nothing for {@code waitNanos}. */
    public void refused(long waitNanos, long nowNanos) {
        if (isAsking) {
            isAsking = false;
            wanted.set(0);
            refusedUntilNanos = nowNanos + Math.min(waitNanos, LEAST_ASK_NANOS);
            isLent = true;
        }
    }

    /** There is no lender for these members: what was lent is given up. */
    public void alone(int membersNow, long nowNanos) {
        counted(membersNow);
        isAsking = false;
        isLent = false;
        refusedUntilNanos = nowNanos;
        wanted.set(0);
        purse.set(EMPTY);
        returned.set(List.of());
    }

    private void counted(int membersNow) {
        if (membersNow != members) {
            members = Math.max(1, membersNow);
            own = ofOwn(members);
        }
    }

    private TokenBucket ofOwn(int among) {
        long share = Math.max(1, perMinute / among);
        return countsTokens ? TokenBucket.ofTokens(share, 0) : TokenBucket.ofRequests(share, 0);
    }

    /** Returns what a request is expected to cost; few large requests must not empty the bucket for all members. */
    private long usual() {
        return Math.max(1, Math.min(usualCost, burst / (2L * members)));
    }

    private void want(long cost) {
        usualCost = cost;
        wanted.accumulateAndGet(cost, Math::max);
        wakeOnce();
    }

    private void charge(long cost, long nowNanos) {
        usualCost = cost;
        TokenBucket bucket = own;
        long unused = bucket.tryReserve(bucket.charged(cost), nowNanos - bornNanos); // one that is full stays full
    }

    private void wakeOnce() {
        if (isWoken.compareAndSet(false, true)) {
            wake.run();
        }
    }

    private static List<Returned> plus(List<Returned> all, Returned one) {
        List<Returned> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    /**
     * What there is to tell the lender, in this order.
     *
     * @param ask how much to lend; 0 = nothing
     * @param debt what was used beyond what was reserved
     * @param returned what was not used
     */
    public record Errand(long ask, long debt, List<Returned> returned) {
        public Errand {
            returned = List.copyOf(returned);
        }

        boolean isNothing() {
            return ask == 0 && debt == 0 && returned.isEmpty();
        }
    }

    /**
     * What was lent and not used.
     *
     * @param stamp of the chunk
     * @param amount > 0
     */
    public record Returned(long stamp, long amount) {
        /** What is beyond is not given back: the limit is then used a little less. */
        static final int MAX = 200;
    }

    private record Chunk(long left, long stamp, long untilNanos) {
        long left(long nowNanos) {
            return left > 0 && untilNanos - nowNanos > 0 ? left : 0;
        }

        Chunk without(long amount) {
            return amount == left ? NOTHING : new Chunk(left - amount, stamp, untilNanos);
        }
    }

    /** At most two chunks, the older first. */
    private record Purse(Chunk first, Chunk second) {
        long left(long nowNanos) {
            return first.left(nowNanos) + second.left(nowNanos);
        }

        /** Returns the stamp by which least is given back, of the chunks that {@code cost} comes out of. */
        long stamp(long cost, long nowNanos) {
            long ofFirst = first.left(nowNanos);
            if (ofFirst == 0) {
                return second.stamp;
            }
            return cost <= ofFirst ? first.stamp : Math.min(first.stamp, second.stamp);
        }

        Purse without(long cost, long nowNanos) {
            long ofFirst = Math.min(cost, first.left(nowNanos));
            return new Purse(
                    ofFirst == 0 ? first : first.without(ofFirst),
                    cost == ofFirst ? second : second.without(cost - ofFirst));
        }

        boolean isFull() {
            return first.left > 0 && second.left > 0;
        }

        Purse with(Chunk added) {
            return new Purse(second.left > 0 ? second : first, added);
        }

        Purse valid(long nowNanos) {
            return new Purse(first.left(nowNanos) > 0 ? first : NOTHING, second.left(nowNanos) > 0 ? second : NOTHING);
        }

        void addExpired(List<Returned> back, long nowNanos) {
            for (Chunk each : List.of(first, second)) {
                if (each.left > 0 && each.left(nowNanos) == 0) {
                    back.add(new Returned(each.stamp, each.left));
                }
            }
        }
    }
}
