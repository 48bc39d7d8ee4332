package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import dev.headgate.core.failover.SharedNews;
import dev.headgate.core.request.CoolingCause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Until when backends are left alone: a register for each backend and for each model of one, whose value only grows while
 * it is in force. An end that was seen is not applied again, as this process may have learnt better since.
 */
final class CooldownRegisters {
    private static final long MILLI_NANOS = 1_000_000;

    private final RedisLink link;
    private final KeyNames keys;
    private final String me;
    private final Map<BackendPart, Long> seenMillis = new HashMap<>(); // the server's time
    private final Outbox<BackendPart, Wait> outbox = new Outbox<>(Wait::later, this::write);
    private @Nullable SharedNews news;

    CooldownRegisters(RedisLink link, KeyNames keys, String me) {
        this.link = link;
        this.keys = keys;
        this.me = me;
    }

    /** Says where what others learnt goes. */
    void feed(SharedNews router) {
        news = router;
    }

    /** Leaves a cooldown to be told; any thread. */
    boolean put(BackendPart part, CoolingCause cause, long waitNanos) {
        return outbox.put(part, new Wait(cause, System.nanoTime() + waitNanos));
    }

    /** Tells what waits to be told. */
    void send() {
        outbox.send();
    }

    /** Forgets what waits to be told. */
    void clear() {
        outbox.clear();
    }

    /**
     * A message came: {@code cool WHO END WAIT CAUSE PART}.
     *
     * @return false if it is no such message
     */
    boolean heard(String[] words) {
        if (words.length != 6) {
            return false;
        }
        BackendPart part = KeyNames.part(words[5]);
        CoolingCause cause = Words.cause(words[4]);
        long end = Words.number(words[2]);
        long wait = Words.number(words[3]);
        if (part == null || cause == null || end < 0 || wait < 0) {
            return false;
        }
        if (!words[1].equals(me)) {
            apply(part, cause, end, wait * MILLI_NANOS);
        }
        return true;
    }

    /**
     * A register was read.
     *
     * @param value {@code END CAUSE}
     * @param nowMillis the server's time when it was read
     * @param ageNanos how long ago at most that was
     */
    void read(BackendPart part, String value, long nowMillis, long ageNanos) {
        String[] words = value.split(" ", -1);
        CoolingCause cause = words.length == 2 ? Words.cause(words[1]) : null;
        long end = words.length == 2 ? Words.number(words[0]) : -1;
        if (cause != null && end > nowMillis) {
            apply(part, cause, end, (end - nowMillis) * MILLI_NANOS - ageNanos);
        }
    }

    /** Forgets ends that have passed. */
    void forget(long nowMillis) {
        seenMillis.values().removeIf(end -> end <= nowMillis);
    }

    private void apply(BackendPart part, CoolingCause cause, long endMillis, long waitNanos) {
        Long seen = seenMillis.get(part);
        SharedNews router = news;
        boolean isNew = seen == null || seen < endMillis;
        if (router != null && isNew && (seen != null || seenMillis.size() < Outbox.MAX)) {
            seenMillis.put(part, endMillis);
            router.cooled(part, cause, waitNanos);
        }
    }

    private CompletableFuture<?> write(BackendPart part, Wait wait) {
        long millis = Math.floorDiv(wait.untilNanos - System.nanoTime() + MILLI_NANOS - 1, MILLI_NANOS);
        if (millis <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> arguments =
                List.of(Long.toString(millis), wait.cause.name(), keys.channel(), me, KeyNames.name(part));
        return link.run(Script.COOL, List.of(keys.cool(part)), arguments).thenAccept(answer -> {
            if (answer.get(0) instanceof Long end && (seenMillis.containsKey(part) || seenMillis.size() < Outbox.MAX)) {
                seenMillis.merge(part, end, Math::max);
            }
        });
    }

    private record Wait(CoolingCause cause, long untilNanos) {
        Wait later(Wait other) {
            return other.untilNanos - untilNanos > 0 ? other : this;
        }
    }
}
