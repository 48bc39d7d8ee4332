package dev.headgate.core.request;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What upstream answers mean: the table of gateway.md §4, read from top to bottom. Immutable and thread-safe; one per
 * pool.
 */
public final class AnswerClassifier {
    /** How many bytes of an error body are worth reading; more are ignored. */
    public static final int MAX_BODY_BYTES = 65_536;

    private static final Set<String> QUOTA = Set.of(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "account_deactivated",
            "access_terminated");
    private static final Set<String> CONTENT =
            Set.of("content_filter", "content_policy_violation", "responsibleaipolicyviolation");
    private static final String CONTEXT = "context_length_exceeded";
    private static final String[] CONTEXT_MESSAGES = {
        "maximum context length", "context window", "reduce the length of the messages", "prompt is too long"
    };

    private final FailoverStatuses statuses;
    private final long maxHintMillis;

    /**
     * Follows the table.
     *
     * @param statuses where the pool departs from it
     * @param maxHintMillis the longest wait a hint can ask for
     */
    public AnswerClassifier(FailoverStatuses statuses, long maxHintMillis) {
        this.statuses = statuses;
        this.maxHintMillis = maxHintMillis;
    }

    /** Returns whether the body of an answer with this status is worth waiting for before {@link #classify}. */
    public static boolean readsBody(int status) {
        return switch (status) {
            case 400, 403, 413, 429 -> true;
            default -> status >= 500;
        };
    }

    /**
     * Returns what an answer means. Never throws, whatever came.
     *
     * @param status 100–599
     * @param body what has arrived of the body, as it came on the wire: {@code content-encoding} gzip and deflate are
     *     inflated here; null or empty if none. Neither position nor limit change
     * @param wallMillis the local wall clock, to read dates with
     */
    public Verdict classify(
            int status, HeaderFields headers, @Nullable ByteBuffer body, CredentialOwner owner, long wallMillis) {
        if (status >= 200 && status <= 299) {
            return Verdict.success(status);
        }
        UpstreamError error = readsBody(status) ? ErrorBody.read(headers, body) : UpstreamError.NONE;
        return judge(status, headers, error, owner, wallMillis);
    }

    /**
     * Returns what an error event of a stream means, as if it were the answer: by status, else by code and type
     * ({@code rate_limit…} is 429), else 500. Of the hints only the message counts: the headers are older than the
     * error.
     */
    public Verdict classifyEvent(UpstreamError error, CredentialOwner owner) {
        return judge(statusOf(error), HeaderFields.NONE, error, owner, 0);
    }

    private Verdict judge(
            int status, HeaderFields headers, UpstreamError error, CredentialOwner owner, long wallMillis) {
        AnswerClass answer = answer(status, error, owner);
        boolean isAboutRequest = answer == AnswerClass.CONTEXT_TOO_LONG || answer == AnswerClass.CONTENT_POLICY;
        CoolingCause cause = isAboutRequest ? null : cause(status, error, owner);
        if (cause != CoolingCause.QUOTA) {
            answer = asTold(answer, status, headers.first("x-should-retry"));
        }
        answer = asConfigured(answer, status);
        boolean isHinted = cause == CoolingCause.THROTTLED || cause == CoolingCause.FAILED;
        RetryHint hint =
                isHinted ? RetryHints.read(headers, error.message(), wallMillis, maxHintMillis) : RetryHint.NONE;
        boolean isError = status >= 500 || status == 408 || status == 425;
        return new Verdict(answer, status, cause, hint.millis(), hint.source(), isError);
    }

    private static AnswerClass answer(int status, UpstreamError error, CredentialOwner owner) {
        if ((status == 400 || status == 413) && isContext(error)) {
            return AnswerClass.CONTEXT_TOO_LONG;
        }
        if ((status == 400 || status == 403) && names(CONTENT, error)) {
            return AnswerClass.CONTENT_POLICY;
        }
        if (isQuota(status, error)) {
            return AnswerClass.NEXT;
        }
        return switch (status) {
            case 401, 403 -> owner == CredentialOwner.BACKEND ? AnswerClass.NEXT : AnswerClass.RETURN;
            case 408, 425, 429 -> AnswerClass.NEXT;
            default -> status >= 300 && status < 500 ? AnswerClass.RETURN : AnswerClass.NEXT;
        };
    }

    private static @Nullable CoolingCause cause(int status, UpstreamError error, CredentialOwner owner) {
        if (isQuota(status, error)) {
            return CoolingCause.QUOTA;
        }
        if (status == 401 || status == 403) {
            return owner == CredentialOwner.BACKEND ? CoolingCause.AUTH : null;
        }
        if (status == 429) {
            return CoolingCause.THROTTLED;
        }
        if (status < 200 || status > 599) {
            return CoolingCause.UNREACHABLE;
        }
        return status >= 500 ? CoolingCause.FAILED : null;
    }

    /** Obeys x-should-retry, by which the upstream says what its SDKs are to do. */
    private static AnswerClass asTold(AnswerClass answer, int status, @Nullable String shouldRetry) {
        if (shouldRetry == null) {
            return answer;
        }
        String told = shouldRetry.strip();
        if (told.equalsIgnoreCase("false") && (status == 408 || status == 429 || status >= 500)) {
            return AnswerClass.RETURN;
        }
        boolean isReturned4xx = answer == AnswerClass.RETURN && status >= 400 && status <= 499;
        return isReturned4xx && told.equalsIgnoreCase("true") ? AnswerClass.NEXT : answer;
    }

    private AnswerClass asConfigured(AnswerClass answer, int status) {
        if (answer == AnswerClass.RETURN && statuses.add().contains(status)) {
            return AnswerClass.NEXT;
        }
        return answer == AnswerClass.NEXT && statuses.remove().contains(status) ? AnswerClass.RETURN : answer;
    }

    private static boolean isQuota(int status, UpstreamError error) {
        return switch (status) {
            case 402 -> true;
            case 400, 403, 429 -> names(QUOTA, error);
            default -> false;
        };
    }

    private static boolean isContext(UpstreamError error) {
        if (error.code().equalsIgnoreCase(CONTEXT)) {
            return true;
        }
        for (String words : CONTEXT_MESSAGES) {
            if (containsIgnoringCase(error.message(), words)) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(Set<String> names, UpstreamError error) {
        return names.contains(error.code().toLowerCase(Locale.ROOT))
                || names.contains(error.type().toLowerCase(Locale.ROOT));
    }

    private static boolean containsIgnoringCase(String text, String words) {
        for (int at = 0; at + words.length() <= text.length(); at++) {
            if (text.regionMatches(true, at, words, 0, words.length())) {
                return true;
            }
        }
        return false;
    }

    private static int statusOf(UpstreamError error) {
        if (error.status() != 0) {
            return error.status();
        }
        if (names(QUOTA, error)
                || error.code().startsWith("rate_limit")
                || error.type().startsWith("rate_limit")) {
            return 429;
        }
        if (names(CONTENT, error) || isContext(error)) {
            return 400;
        }
        return switch (error.type()) {
            case "invalid_request_error" -> 400;
            case "authentication_error" -> 401;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "request_too_large" -> 413;
            case "overloaded_error" -> 529;
            default -> 500;
        };
    }
}
