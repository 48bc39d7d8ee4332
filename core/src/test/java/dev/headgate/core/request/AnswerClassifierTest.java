package dev.headgate.core.request;

import static dev.headgate.core.request.CredentialOwner.BACKEND;
import static dev.headgate.core.request.CredentialOwner.CALLER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerClassifierTest {
    private final AnswerClassifier classifier = new AnswerClassifier(FailoverStatuses.DEFAULTS, 120_000);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "200,SUCCESS,-,false",
                "204,SUCCESS,-,false",
                "302,RETURN,-,false",
                "304,RETURN,-,false",
                "400,RETURN,-,false",
                "401,NEXT,AUTH,false",
                "402,NEXT,QUOTA,false",
                "403,NEXT,AUTH,false",
                "404,RETURN,-,false",
                "405,RETURN,-,false",
                "408,NEXT,-,true",
                "409,RETURN,-,false",
                "413,RETURN,-,false",
                "415,RETURN,-,false",
                "422,RETURN,-,false",
                "425,NEXT,-,true",
                "429,NEXT,THROTTLED,false",
                "500,NEXT,FAILED,true",
                "501,NEXT,FAILED,true",
                "502,NEXT,FAILED,true",
                "503,NEXT,FAILED,true",
                "505,NEXT,FAILED,true",
                "520,NEXT,FAILED,true",
                "527,NEXT,FAILED,true",
                "529,NEXT,FAILED,true",
                "599,NEXT,FAILED,true"
            })
    void statusDecides(int status, AnswerClass answer, @Nullable CoolingCause cools, boolean countsAsError) {
        assertThat(classify(status, ""))
                .isEqualTo(new Verdict(answer, status, cools, Verdict.NO_HINT, "", countsAsError));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "400 | {'error':{'code':'context_length_exceeded'}} | CONTEXT_TOO_LONG | -",
                "413 | {'error':{'message':'This model has a Maximum Context Length of 8'}} | CONTEXT_TOO_LONG | -",
                "400 | {'error':{'message':'exceeds the context window'}} | CONTEXT_TOO_LONG | -",
                "400 | {'error':{'message':'Please reduce the length of the messages.'}} | CONTEXT_TOO_LONG | -",
                "400 | {'type':'error','error':{'message':'prompt is too long: 9'}} | CONTEXT_TOO_LONG | -",
                "422 | {'error':{'code':'context_length_exceeded'}} | RETURN | -",
                "400 | {'error':{'code':'content_filter'}} | CONTENT_POLICY | -",
                "400 | {'error':{'code':'content_policy_violation'}} | CONTENT_POLICY | -",
                "403 | {'error':{'code':'ResponsibleAIPolicyViolation'}} | CONTENT_POLICY | -",
                "400 | {'error':{'code':'x','innererror':{'code':'ResponsibleAIPolicyViolation'}}} | CONTENT_POLICY | -",
                "400 | {'error':{'code':'insufficient_quota'}} | NEXT | QUOTA",
                "429 | {'error':{'type':'insufficient_quota'}} | NEXT | QUOTA",
                "429 | {'error':{'code':'billing_hard_limit_reached'}} | NEXT | QUOTA",
                "403 | {'error':{'code':'billing_not_active'}} | NEXT | QUOTA",
                "403 | {'error':{'code':'account_deactivated'}} | NEXT | QUOTA",
                "403 | {'error':{'code':'access_terminated'}} | NEXT | QUOTA",
                "503 | {'error':{'code':'insufficient_quota'}} | NEXT | FAILED",
                "400 | [{'error':{'code':'content_filter'}}] | CONTENT_POLICY | -",
                "400 | {'code':'content_filter'} | CONTENT_POLICY | -",
                "400 | {'error':'prompt is too long'} | CONTEXT_TOO_LONG | -",
                "400 | {'error':{'code':'content_filter','message':'tr | CONTENT_POLICY | -",
                "400 | nonsense | RETURN | -"
            })
    void bodyDecides(int status, String body, AnswerClass answer, @Nullable CoolingCause cools) {
        Verdict verdict = classify(status, body.replace('\'', '"'));
        assertThat(verdict.answer()).isEqualTo(answer);
        assertThat(verdict.cools()).isEqualTo(cools);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void callersOwnCredentialIsItsBusiness(int status) {
        Verdict verdict = classifier.classify(status, HeaderFields.NONE, null, CALLER, 0);
        assertThat(verdict.answer()).isEqualTo(AnswerClass.RETURN);
        assertThat(verdict.cools()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "false,429,RETURN,THROTTLED",
                "false,500,RETURN,FAILED",
                "false,408,RETURN,-",
                "false,401,NEXT,AUTH",
                "true,400,NEXT,-",
                "true,409,NEXT,-",
                "true,302,RETURN,-",
                "TRUE,404,NEXT,-",
                "maybe,400,RETURN,-",
                "false,402,NEXT,QUOTA",
                "true,429,NEXT,THROTTLED"
            })
    void upstreamSaysWhetherToRetry(String told, int status, AnswerClass answer, @Nullable CoolingCause cools) {
        Verdict verdict = classifier.classify(status, Fields.of("X-Should-Retry: " + told), null, BACKEND, 0);
        assertThat(verdict.answer()).isEqualTo(answer);
        assertThat(verdict.cools()).isEqualTo(cools);
    }

    @Test
    void poolDepartsFromTheTable() {
        AnswerClassifier departing = new AnswerClassifier(new FailoverStatuses(Set.of(404), Set.of(501)), 120_000);
        Verdict added = departing.classify(404, HeaderFields.NONE, null, BACKEND, 0);
        assertThat(added.answer()).isEqualTo(AnswerClass.NEXT);
        assertThat(added.cools()).isNull();
        Verdict removed = departing.classify(501, HeaderFields.NONE, null, BACKEND, 0);
        assertThat(removed.answer()).isEqualTo(AnswerClass.RETURN);
        assertThat(removed.cools()).isEqualTo(CoolingCause.FAILED);
    }

    @Test
    void hintsAreReadFromHeadersAndMessage() {
        Verdict header = classifier.classify(503, Fields.of("retry-after: 7"), null, BACKEND, 0);
        assertThat(header.hintMillis()).isEqualTo(7000);
        assertThat(header.hintSource()).isEqualTo("retry-after");
        Verdict message = classify(429, "{\"statusCode\":429,\"message\":\"Rate limit. Try again in 5 seconds.\"}");
        assertThat(message.hintMillis()).isEqualTo(5000);
        assertThat(message.hintSource()).isEqualTo("message");
    }

    @Test
    void exhaustedAccountHasNoHint() {
        Verdict verdict = classifier.classify(
                429, Fields.of("retry-after: 7"), buffer("{\"error\":{\"code\":\"insufficient_quota\"}}"), BACKEND, 0);
        assertThat(verdict.hintMillis()).isEqualTo(Verdict.NO_HINT);
    }

    @Test
    void packedBodiesAreInflated() throws IOException {
        byte[] plain = "{\"error\":{\"code\":\"content_filter\"}}".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        assertThat(packed(gzip.toByteArray(), "gzip")).isEqualTo(AnswerClass.CONTENT_POLICY);
        assertThat(packed(java.util.Arrays.copyOf(gzip.toByteArray(), gzip.size() - 9), "GZIP"))
                .isEqualTo(AnswerClass.CONTENT_POLICY);
        for (boolean isRaw : new boolean[] {false, true}) {
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, new Deflater(9, isRaw))) {
                out.write(plain);
            }
            assertThat(packed(deflated.toByteArray(), "deflate")).isEqualTo(AnswerClass.CONTENT_POLICY);
        }
        assertThat(packed(plain, "br")).isEqualTo(AnswerClass.RETURN);
        assertThat(packed(plain, "gzip")).isEqualTo(AnswerClass.RETURN);
    }

    @Test
    void bombsAreInflatedToABoundOnly() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(new byte[50_000_000]);
        }
        assertThat(packed(gzip.toByteArray(), "gzip")).isEqualTo(AnswerClass.RETURN);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "rate_limit_exceeded,'',0,NEXT,THROTTLED,429",
                "'',rate_limit_error,0,NEXT,THROTTLED,429",
                "insufficient_quota,'',0,NEXT,QUOTA,429",
                "content_filter,'',0,CONTENT_POLICY,-,400",
                "context_length_exceeded,'',0,CONTEXT_TOO_LONG,-,400",
                "'',overloaded_error,0,NEXT,FAILED,529",
                "'',invalid_request_error,0,RETURN,-,400",
                "'',authentication_error,0,NEXT,AUTH,401",
                "whatever,x,0,NEXT,FAILED,500",
                "'','',0,NEXT,FAILED,500",
                "x,y,503,NEXT,FAILED,503"
            })
    void errorEventIsJudgedAsIfItWereTheAnswer(
            String code, String type, int status, AnswerClass answer, @Nullable CoolingCause cools, int judged) {
        Verdict verdict = classifier.classifyEvent(new UpstreamError(code, type, "", status), BACKEND);
        assertThat(verdict.answer()).isEqualTo(answer);
        assertThat(verdict.cools()).isEqualTo(cools);
        assertThat(verdict.status()).isEqualTo(judged);
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(3);
        byte[] sample =
                "{\"error\":{\"code\":\"a\\u0041\",\"message\":\"try again in 5s\",\"innererror\":{\"code\":1}}}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = java.util.Arrays.copyOf(sample, random.nextInt(sample.length + 1));
            for (int damage = 0; damage < 3 && bytes.length > 0; damage++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            String encoding = i % 3 == 0 ? "gzip" : i % 3 == 1 ? "deflate" : "identity";
            assertThat(classifier.classify(
                            429, Fields.of("content-encoding:" + encoding), ByteBuffer.wrap(bytes), BACKEND, 0))
                    .isNotNull();
        }
    }

    private AnswerClass packed(byte[] body, String encoding) {
        return classifier
                .classify(400, Fields.of("content-encoding: " + encoding), ByteBuffer.wrap(body), BACKEND, 0)
                .answer();
    }

    private Verdict classify(int status, String body) {
        return classifier.classify(status, HeaderFields.NONE, buffer(body), BACKEND, 0);
    }

    private static ByteBuffer buffer(String body) {
        return ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8));
    }
}
