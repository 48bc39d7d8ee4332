package dev.headgate.core.guard;

import dev.headgate.core.request.HeaderFields;
import dev.headgate.core.request.HeaderNumbers;
import org.jspecify.annotations.Nullable;

/**
 * What one answer says is left of an upstream's limits, as it is passed on to other processes; {@link #UNKNOWN} where it
 * says nothing that can be used. Resets are durations, so that clocks need not agree.
 *
 * @param requestsLeft requests
 * @param requestsResetMillis until that is out of date
 * @param tokensLeft tokens
 * @param tokensLimit the upstream's limit of tokens
 * @param tokensResetMillis until what it says of tokens is out of date
 */
public record QuotaReport(
        long requestsLeft, long requestsResetMillis, long tokensLeft, long tokensLimit, long tokensResetMillis) {
    /** Stands for what the answer does not say. */
    public static final long UNKNOWN = HeaderNumbers.GARBAGE;

    /** How long an answer without a reset stands. */
    private static final long DEFAULT_RESET_MILLIS = 60_000;

    /** Bounds what a nonsensical reset can do to a backend that is not used meanwhile. */
    private static final long MAX_RESET_MILLIS = 3_600_000;

    public QuotaReport {
        requestsLeft = known(requestsLeft);
        tokensLeft = known(tokensLeft);
        tokensLimit = known(tokensLimit);
        requestsResetMillis = validMillis(requestsResetMillis);
        tokensResetMillis = validMillis(tokensResetMillis);
    }

    /** Returns what {@code headers} say: {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}. */
    public static QuotaReport of(HeaderFields headers) {
        return new QuotaReport(
                count(headers.first("x-ratelimit-remaining-requests")),
                millis(headers.first("x-ratelimit-reset-requests")),
                count(headers.first("x-ratelimit-remaining-tokens")),
                count(headers.first("x-ratelimit-limit-tokens")),
                millis(headers.first("x-ratelimit-reset-tokens")));
    }

    /** Returns whether it says nothing. */
    public boolean isEmpty() {
        return requestsLeft == UNKNOWN && tokensLeft == UNKNOWN;
    }

    /** Returns until when some of it is of use, from when it was made. */
    public long validMillis() {
        return Math.max(
                requestsLeft == UNKNOWN ? 0 : requestsResetMillis, tokensLeft == UNKNOWN ? 0 : tokensResetMillis);
    }

    static long count(@Nullable String text) {
        return text == null ? UNKNOWN : known(HeaderNumbers.count(text));
    }

    static long millis(@Nullable String text) {
        return validMillis(text == null ? UNKNOWN : HeaderNumbers.waitMillis(text));
    }

    private static long known(long count) {
        return count < 0 || count == HeaderNumbers.BEYOND ? UNKNOWN : count;
    }

    private static long validMillis(long told) {
        return told < 0 ? DEFAULT_RESET_MILLIS : Math.min(told, MAX_RESET_MILLIS);
    }
}
