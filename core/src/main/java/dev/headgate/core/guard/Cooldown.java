package dev.headgate.core.guard;

import dev.headgate.core.request.CoolingCause;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * For how long a backend, or one of its models, is left alone, and how it comes back: available → cooling → half-open →
 * recovering → available (gateway.md §6).
 *
 * <p>Two waits run side by side, of which the longer counts: one that the upstream asked for or that concerns the account
 * (throttled, quota, auth), and one that its failures earned (failed, unreachable, timeout), which a success clears. Each
 * only grows while it is in force. They pass by time, on read; there is no timer. All of it is one immutable value that
 * is exchanged atomically, so that a reader sees one moment; the value of an undisturbed backend is a constant.
 *
 * <p>Thread-safe and lock-free.
 */
public final class Cooldown {
    /** What {@link #cool} takes where the upstream did not say how long. */
    public static final long NO_HINT = -1;

    private static final long PROBE_NANOS = 30_000_000_000L;
    private static final double LEAST_SHARE = 0.1;
    private static final Standing FREE = new Standing(null, null, false, 0, 0, 0);
    private static final Probe NOBODY = new Probe(0);

    private final AtomicReference<Standing> standing = new AtomicReference<>(FREE);
    private final AtomicReference<Probe> probe = new AtomicReference<>(NOBODY);

    /** Returns what it may be used for. */
    public Phase phase(long nowNanos, CooldownSettings settings) {
        Standing s = standing.get();
        if (s == FREE) {
            return Phase.AVAILABLE;
        }
        if (s.remaining(nowNanos) > 0) {
            return Phase.COOLING;
        }
        if (s.isHeld() && settings.probesFirst()) {
            return Phase.HALF_OPEN;
        }
        return s.share(nowNanos, settings) < 1 ? Phase.RECOVERING : Phase.AVAILABLE;
    }

    /** Returns the share of its weight that it gets, in [0.1, 1]; below 1 only while it recovers. */
    public double share(long nowNanos, CooldownSettings settings) {
        Standing s = standing.get();
        return s == FREE || (s.isHeld() && settings.probesFirst()) ? 1 : s.share(nowNanos, settings);
    }

    /** Returns what is left of the longer wait, 0 once it has passed. */
    public long remainingNanos(long nowNanos) {
        Standing s = standing.get();
        return s == FREE ? 0 : s.remaining(nowNanos);
    }

    /** Returns what is left of the wait that a success does not clear, 0 once it has passed. */
    public long firmRemainingNanos(long nowNanos) {
        return remaining(standing.get().firm, nowNanos);
    }

    /** Returns why it is cooling; null if it is not. */
    public @Nullable CoolingCause cause(long nowNanos) {
        Standing s = standing.get();
        Hold longer = remaining(s.firm, nowNanos) >= remaining(s.soft, nowNanos) ? s.firm : s.soft;
        return longer != null && remaining(longer, nowNanos) > 0 ? longer.cause : null;
    }

    /** Returns why a success does not clear its wait; null if it does, or nothing is left of it. */
    public @Nullable CoolingCause firmCause(long nowNanos) {
        Hold firm = standing.get().firm;
        return firm != null && remaining(firm, nowNanos) > 0 ? firm.cause : null;
    }

    /** Returns whether it asked for fewer requests and the wait for that is not over. */
    public boolean isThrottled(long nowNanos) {
        Hold firm = standing.get().firm;
        return firm != null && firm.cause == CoolingCause.THROTTLED && remaining(firm, nowNanos) > 0;
    }

    /**
     * Leaves it alone for a while, or for longer than before.
     *
     * @param hintNanos how long the upstream asked for, ≥ 0, or {@link #NO_HINT}; 0 changes nothing
     * @param beganNanos when the attempt that found out had begun: those that failed together count as one trip
     * @return whether it was not cooling before
     */
    public boolean cool(CoolingCause cause, long hintNanos, long beganNanos, long nowNanos, CooldownSettings settings) {
        while (true) {
            Standing s = standing.get();
            boolean isNewTrip = s.trips == 0 || s.trippedAt - beganNanos < 0;
            int trips = isNewTrip ? Math.min(s.trips + 1, 62) : s.trips;
            long wait = waitNanos(cause, hintNanos, trips, settings);
            if (wait == 0) {
                return false;
            }
            Hold firm = s.firm;
            Hold soft = s.soft;
            if (isFirm(cause)) {
                firm = longer(firm, cause, nowNanos + wait, nowNanos);
            } else {
                soft = longer(soft, cause, nowNanos + wait, nowNanos);
            }
            Standing next = new Standing(firm, soft, false, 0, trips, isNewTrip ? nowNanos : s.trippedAt);
            if (standing.compareAndSet(s, next)) {
                return s.remaining(nowNanos) == 0;
            }
        }
    }

    /**
     * Returns how long a trip of {@code cause} leaves it alone at this moment, as {@link #cool} does.
     *
     * @param hintNanos as for {@link #cool}
     */
    public long tripNanos(CoolingCause cause, long hintNanos, CooldownSettings settings) {
        return waitNanos(cause, hintNanos, Math.max(1, standing.get().trips), settings);
    }

    /**
     * Another process found that it is to be left alone for {@code waitNanos} from now. That is no trip of ours: nothing
     * doubles by it. What is heard merges by the later end, in whichever order and however often it comes, and is bounded
     * by our own settings. Returns whether it was not cooling before.
     */
    public boolean hear(CoolingCause cause, long waitNanos, long nowNanos, CooldownSettings settings) {
        long wait = Math.min(waitNanos, longestNanos(cause, settings));
        while (true) {
            Standing s = standing.get();
            Hold current = isFirm(cause) ? s.firm : s.soft;
            Hold next = new Hold(cause, nowNanos + wait, nowNanos);
            if (wait <= 0 || (current != null && !next.isBeyond(current))) {
                return false;
            }
            Hold firm = isFirm(cause) ? next : s.firm;
            Hold soft = isFirm(cause) ? s.soft : next;
            if (standing.compareAndSet(s, new Standing(firm, soft, false, 0, s.trips, s.trippedAt))) {
                return s.remaining(nowNanos) == 0;
            }
        }
    }

    /**
     * An attempt that began at {@code beganNanos} found it alive: a wait that has passed since is over for good. Returns
     * whether that brought it back.
     */
    public boolean alive(long beganNanos, long nowNanos, CooldownSettings settings) {
        return standing.get() != FREE && settle(beganNanos, nowNanos, settings, false);
    }

    /**
     * An attempt that began at {@code beganNanos} succeeded: in addition, failures of before are forgiven. Returns whether
     * that brought it back.
     */
    public boolean succeeded(long beganNanos, long nowNanos, CooldownSettings settings) {
        return standing.get() != FREE && settle(beganNanos, nowNanos, settings, true);
    }

    /** Takes the permit to try it while it is half-open; null if another has it. */
    public @Nullable Probe tryProbe(long nowNanos) {
        Probe current = probe.get();
        if (isHeld(current, nowNanos)) {
            return null;
        }
        Probe mine = new Probe(nowNanos);
        return probe.compareAndSet(current, mine) ? mine : null;
    }

    /** Returns whether {@link #tryProbe} would give the permit. A permit that is kept for 30 s is free again. */
    public boolean hasProbe(long nowNanos) {
        return !isHeld(probe.get(), nowNanos);
    }

    /** Gives a permit back; without effect if it has passed to another. */
    public void release(Probe permit) {
        probe.compareAndSet(permit, NOBODY);
    }

    private boolean settle(long beganNanos, long nowNanos, CooldownSettings settings, boolean succeeded) {
        while (true) {
            Standing s = standing.get();
            Hold firm = s.firm;
            Hold soft = s.soft;
            boolean isOverFirm = firm != null && remaining(firm, nowNanos) == 0 && firm.setAt - beganNanos < 0;
            boolean isOverSoft = soft != null && remaining(soft, nowNanos) == 0 && soft.setAt - beganNanos < 0;
            boolean isForgiven = soft != null && succeeded && soft.setAt - beganNanos < 0;
            Hold keptFirm = isOverFirm ? null : firm;
            Hold keptSoft = isOverSoft || isForgiven ? null : soft;
            int trips = succeeded && s.trippedAt - beganNanos < 0 ? 0 : s.trips;
            boolean isBack = s.isHeld() && keptFirm == null && keptSoft == null;
            boolean ramps = isBack ? isOverFirm || isOverSoft : s.ramps && s.share(nowNanos, settings) < 1;
            long rampsFrom = isBack ? (settings.probesFirst() ? nowNanos : s.lastUntil()) : s.rampsFrom;
            boolean isFree = keptFirm == null && keptSoft == null && !ramps && trips == 0;
            Standing next = isFree ? FREE : new Standing(keptFirm, keptSoft, ramps, rampsFrom, trips, s.trippedAt);
            if (next.equals(s) || standing.compareAndSet(s, next)) {
                return isBack;
            }
        }
    }

    private static long waitNanos(CoolingCause cause, long hintNanos, int trips, CooldownSettings settings) {
        return switch (cause) {
            case QUOTA -> settings.quota().toNanos();
            case AUTH -> hintNanos >= 0 ? hintNanos : settings.auth().toNanos();
            case THROTTLED, FAILED, TIMEOUT, UNREACHABLE ->
                hintNanos >= 0
                        ? Math.min(hintNanos, settings.max().toNanos())
                        : doubled(
                                settings.withoutHint().toNanos(),
                                trips - 1,
                                settings.maxWithoutHint().toNanos());
        };
    }

    private static long longestNanos(CoolingCause cause, CooldownSettings settings) {
        return switch (cause) {
            case QUOTA -> settings.quota().toNanos();
            case AUTH -> Math.max(settings.auth().toNanos(), settings.max().toNanos());
            case THROTTLED, FAILED, TIMEOUT, UNREACHABLE ->
                Math.max(settings.max().toNanos(), settings.maxWithoutHint().toNanos());
        };
    }

    private static long doubled(long nanos, int times, long max) {
        return nanos > max >> Math.min(times, 62) ? max : Math.min(max, nanos << times);
    }

    private static boolean isFirm(CoolingCause cause) {
        return switch (cause) {
            case THROTTLED, AUTH, QUOTA -> true;
            case FAILED, TIMEOUT, UNREACHABLE -> false;
        };
    }

    private static Hold longer(@Nullable Hold current, CoolingCause cause, long until, long nowNanos) {
        return current != null && current.until - until >= 0
                ? new Hold(current.cause, current.until, nowNanos)
                : new Hold(cause, until, nowNanos);
    }

    private static long remaining(@Nullable Hold hold, long nowNanos) {
        return hold == null ? 0 : Math.max(0, hold.until - nowNanos);
    }

    private static boolean isHeld(Probe permit, long nowNanos) {
        return permit != NOBODY && nowNanos - permit.sinceNanos < PROBE_NANOS;
    }

    /** What a backend may be used for, as far as its cooldown goes. */
    public enum Phase {
        /** Everything. */
        AVAILABLE,
        /** A growing share of its weight. */
        RECOVERING,
        /** One probe at a time. */
        HALF_OPEN,
        /** Nothing. */
        COOLING
    }

    /** The permit to try what is half-open; compared by identity. */
    public static final class Probe {
        private final long sinceNanos;

        private Probe(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }

    private record Hold(CoolingCause cause, long until, long setAt) {
        /** Returns whether it ends later; of two that end together the cause decides, so that no order does. */
        boolean isBeyond(Hold other) {
            long more = until - other.until;
            return more > 0 || (more == 0 && cause.compareTo(other.cause) > 0);
        }
    }

    /** All that is known, as of its last change; {@code trips} counts those without a success between. */
    private record Standing(
            @Nullable Hold firm, @Nullable Hold soft, boolean ramps, long rampsFrom, int trips, long trippedAt) {
        boolean isHeld() {
            return firm != null || soft != null;
        }

        long remaining(long nowNanos) {
            return Math.max(Cooldown.remaining(firm, nowNanos), Cooldown.remaining(soft, nowNanos));
        }

        long lastUntil() {
            if (firm == null || soft == null) {
                Hold only = firm == null ? soft : firm;
                return only == null ? rampsFrom : only.until;
            }
            return firm.until - soft.until > 0 ? firm.until : soft.until;
        }

        double share(long nowNanos, CooldownSettings settings) {
            long ramp = settings.slowStart().toNanos();
            if (ramp == 0 || !(ramps || isHeld())) {
                return 1;
            }
            long grown = nowNanos - (isHeld() ? lastUntil() : rampsFrom);
            return Math.min(1, Math.max(LEAST_SHARE, grown / (double) ramp));
        }
    }
}
