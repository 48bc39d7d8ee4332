package dev.headgate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FailureKindTest {
    /** The table as documented: code, HTTP status, gRPC code, whether work may have been done, whether to try again. */
    private static final String TABLE = """
            invalid_request 400 3 NO false
            unauthorized 401 16 NO false
            not_found 404 5 NO false
            method_not_allowed 405 12 NO false
            unknown_label 404 5 NO false
            too_large 413 8 NO false
            unknown_task_type 422 12 NO false
            queue_full 429 8 NO true
            rejected_saturated 429 8 NO true
            rejected_ttl_expired 429 8 NO true
            would_miss_deadline 429 8 NO true
            cancelled 499 1 MAYBE false
            model_not_found 404 5 NO false
            request_too_large 413 8 NO false
            all_backends_throttled 429 8 NO true
            task_failed 500 13 YES false
            result_too_large 500 8 YES false
            worker_lost 502 14 MAYBE true
            poisoned 502 10 MAYBE false
            model_load_failed 502 9 NO false
            upstream_unreachable 502 14 MAYBE true
            stream_interrupted 502 14 YES false
            no_backend_available 503 14 NO true
            overloaded 503 14 NO true
            back_pressure 503 14 NO true
            rejected_no_endpoints 503 14 NO true
            no_workers 503 14 NO true
            model_unavailable 503 14 NO true
            upstream_timeout 504 4 MAYBE true
            deadline_exceeded 504 4 MAYBE false
            """;

    @Test
    void everyRowIsAsDocumented() {
        StringBuilder rows = new StringBuilder();
        for (FailureKind kind : FailureKind.values()) {
            rows.append(String.format(
                    Locale.ROOT,
                    "%s %d %d %s %s%n",
                    kind.code(),
                    kind.httpStatus(),
                    kind.grpcCode(),
                    kind.processed(),
                    kind.isRetryable()));
        }
        assertThat(rows.toString()).isEqualToNormalizingNewlines(TABLE);
    }

    @Test
    void openAisClientsSeeTheCodesTheyKnow() {
        assertThat(FailureKind.UNKNOWN_LABEL.openAiCode()).isEqualTo("model_not_found");
        assertThat(FailureKind.QUEUE_FULL.openAiCode()).isEqualTo("queue_full");
    }

    @Test
    void whatWasWorkedOnIsNeverCalledSafeToRepeat() {
        assertThat(Arrays.stream(FailureKind.values()).filter(kind -> kind.processed() == FailureKind.Processed.YES))
                .noneMatch(FailureKind::isRetryable);
    }
}
