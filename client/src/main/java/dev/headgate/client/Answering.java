package dev.headgate.client;

import dev.headgate.core.failover.Step.Advice;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FieldRules;
import dev.headgate.core.stream.StreamDelivery;
import dev.headgate.core.stream.StreamOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What the application gets of a call: a head and a body, or an exception. Confined to the call's turn. */
final class Answering {
    private static final Fields EVENTS =
            Fields.builder().add("content-type", "text/event-stream").build();
    private static final Fields JSON =
            Fields.builder().add("content-type", "application/json").build();

    private final CompletableFuture<ClientResponse> result;
    private final ResponseBody body;
    private boolean isBegun;

    Answering(Executor executor, CompletableFuture<ClientResponse> result) {
        this.result = result;
        body = new ResponseBody(executor);
    }

    /** {@code call} is whose answer it will be. */
    void begins(ClientCall call) {
        body.onDrained(call::drained);
        body.onClosed(call::gone);
    }

    /** Returns whether the application has a head. */
    boolean isBegun() {
        return isBegun;
    }

    ResponseBody body() {
        return body;
    }

    /** Hands the head over, unless there is one; the body follows. */
    void begin(int status, Fields fields, String backend, int attempts) {
        if (!isBegun) {
            isBegun = true;
            Fields shown = identified(filtered(fields), backend, attempts).build();
            result.complete(new ClientResponse(status, shown, body));
        }
    }

    /** Answers with what was kept of an attempt that was rejected. */
    void answer(KeptAnswer kept, Advice advice, int attempts) {
        Fields.Builder fields = identified(filtered(kept.fields()), kept.backend(), attempts);
        advise(fields, kept.status(), advice);
        answer(kept.status(), fields.build(), kept.body());
    }

    private void answer(int status, Fields fields, ByteBuffer content) {
        isBegun = true;
        body.write(content);
        body.end();
        result.complete(new ClientResponse(status, fields, body));
    }

    /** Returns fields that go with a rejected answer that is handed over. */
    static Fields advised(Fields fields, int status, Advice advice) {
        Fields.Builder advised = fields.with();
        advise(advised, status, advice);
        return advised.build();
    }

    /** Answers with a refusal of our own. */
    void refuse(Failure failure, Advice advice, int attempts) {
        int status = failure.kind().httpStatus();
        Fields.Builder fields = identified(JSON.with(), "", attempts);
        advise(fields, status, advice);
        if (advice.reason().isEmpty()) {
            fields.set("x-headgate-reason", failure.kind().openAiCode());
        }
        ByteBuffer content = KeptAnswer.error(
                failure.message(), failure.kind().openAiType(), failure.kind().openAiCode());
        answer(status, fields.build(), content);
    }

    /** There is no answer, or not all of it. */
    void fail(IOException cause) {
        if (isBegun) {
            body.fail(cause);
        } else {
            isBegun = true;
            result.completeExceptionally(cause);
        }
    }

    /** Ends a stream that nothing could save with an error in it. */
    void interrupt(StreamDelivery delivered, int attempts) {
        begin(200, EVENTS, "", attempts);
        delivered.interrupt("the upstream's answer broke off and could not be continued", new StreamOutput() {
            @Override
            public boolean commit() {
                return true;
            }

            @Override
            public void forward(int from, int to) {
                throw new IllegalStateException("forward: " + from + " (expected: nothing is being read)");
            }

            @Override
            public void send(byte[] bytes, int from, int to) {
                body.write(copy(bytes, from, to));
            }
        });
        body.end();
    }

    static ByteBuffer copy(byte[] bytes, int from, int to) {
        return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to));
    }

    private static Fields.Builder filtered(Fields fields) {
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i).toLowerCase(Locale.ROOT);
            if (!FieldRules.isHop(name) && !name.equals("set-cookie") && !name.startsWith(":")) {
                kept.add(fields.name(i), fields.value(i));
            }
        }
        return kept;
    }

    private static Fields.Builder identified(Fields.Builder fields, String backend, int attempts) {
        if (!backend.isEmpty()) {
            fields.set("x-headgate-backend", backend);
        }
        return fields.set("x-headgate-attempts", Integer.toString(attempts));
    }

    private static void advise(Fields.Builder fields, int status, Advice advice) {
        if (status == 429 || status == 503) {
            fields.remove("x-should-retry");
        }
        if (advice.waitMillis() > 0) {
            fields.set("retry-after", Long.toString((advice.waitMillis() + 999) / 1000));
            fields.set("retry-after-ms", Long.toString(advice.waitMillis()));
            fields.remove("x-should-retry");
        }
        if (advice.shouldNotRetry()) {
            fields.set("x-should-retry", "false");
        }
        if (!advice.reason().isEmpty()) {
            fields.set("x-headgate-reason", advice.reason());
        }
    }
}
