package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import dev.headgate.core.failover.SharedNews;
import dev.headgate.core.guard.QuotaReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What upstreams said last of their own limits: a register for each model of a backend that expires with the reset. The
 * server's time is the stamp by which reports are ordered, so each process ends with the last one, however they come.
 */
final class QuotaRegisters {
    private static final int NUMBERS = 5;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final String NONE = "-";

    private final RedisLink link;
    private final KeyNames keys;
    private final String me;
    private final Outbox<BackendPart, QuotaReport> outbox = new Outbox<>((older, newer) -> newer, this::write);
    private @Nullable SharedNews news;

    QuotaRegisters(RedisLink link, KeyNames keys, String me) {
        this.link = link;
        this.keys = keys;
        this.me = me;
    }

    /** Says where what others were told goes. */
    void feed(SharedNews router) {
        news = router;
    }

    /** Leaves a report to be told; any thread. */
    boolean put(BackendPart part, QuotaReport report) {
        return outbox.put(part, report);
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
     * A message came: {@code left WHO STAMP REPORT PART}.
     *
     * @return false if it is no such message
     */
    boolean heard(String[] words) {
        BackendPart part = words.length == 5 ? KeyNames.part(words[4]) : null;
        long stamp = part == null ? -1 : Words.number(words[2]);
        QuotaReport report = part == null ? null : report(words[3], 0);
        if (part == null || stamp < 0 || report == null) {
            return false;
        }
        SharedNews router = news;
        if (router != null && !words[1].equals(me)) {
            router.left(part, report, stamp);
        }
        return true;
    }

    /**
     * A register was read.
     *
     * @param value {@code STAMP WHO REPORT}
     * @param nowMicros the server's time when it was read
     */
    void read(BackendPart part, String value, long nowMicros) {
        String[] words = value.split(" ", -1);
        SharedNews router = news;
        if (router == null || words.length != 3 || words[1].equals(me)) {
            return;
        }
        long stamp = Words.number(words[0]);
        QuotaReport report = stamp < 0 ? null : report(words[2], (nowMicros - stamp) / MICROS_PER_MILLI);
        if (report != null) {
            router.left(part, report, stamp);
        }
    }

    private CompletableFuture<?> write(BackendPart part, QuotaReport report) {
        if (report.validMillis() <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> arguments =
                List.of(Long.toString(report.validMillis()), text(report), keys.channel(), me, KeyNames.name(part));
        return link.run(Script.LEFT, List.of(keys.left(part)), arguments);
    }

    private static String text(QuotaReport report) {
        return number(report.requestsLeft()) + "," + number(report.requestsResetMillis()) + ","
                + number(report.tokensLeft()) + "," + number(report.tokensLimit()) + ","
                + number(report.tokensResetMillis());
    }

    private static String number(long number) {
        return number < 0 ? NONE : Long.toString(number);
    }

    private static @Nullable QuotaReport report(String text, long ageMillis) {
        String[] words = text.split(",", -1);
        if (words.length != NUMBERS) {
            return null;
        }
        long[] numbers = new long[NUMBERS];
        for (int i = 0; i < NUMBERS; i++) {
            numbers[i] = words[i].equals(NONE) ? QuotaReport.UNKNOWN : Words.number(words[i]);
            if (numbers[i] < 0 && !words[i].equals(NONE)) {
                return null;
            }
        }
        long age = Math.max(0, ageMillis);
        return new QuotaReport(
                numbers[0], Math.max(0, numbers[1] - age), numbers[2], numbers[3], Math.max(0, numbers[4] - age));
    }
}
