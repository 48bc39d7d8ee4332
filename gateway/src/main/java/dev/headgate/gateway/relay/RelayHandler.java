package dev.headgate.gateway.relay;

import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.failover.Step;
import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.request.ApiKind;
import dev.headgate.core.request.DeadlineFields;
import dev.headgate.core.request.Failure;
import dev.headgate.core.request.FailureKind;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.RequestFacts;
import dev.headgate.core.request.RequestTarget;
import dev.headgate.core.signal.PromptReader;
import dev.headgate.core.signal.PromptTail;
import dev.headgate.core.time.Deadline;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Handler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Relays any request: reads what it asks for, refuses what cannot be served, and begins a {@link RelayCall}. */
public final class RelayHandler implements Handler {
    private static final int MAX_ID_CHARS = 256;

    private static final FastThreadLocal<PromptReader> PROMPTS = new FastThreadLocal<>() {
        @Override
        protected PromptReader initialValue() {
            return new PromptReader();
        }
    };

    private final Relay relay;

    /** Creates the handler. */
    public RelayHandler(Relay relay) {
        this.relay = relay;
    }

    @Override
    public boolean takesBuffers() {
        return true;
    }

    @Override
    public void handle(Exchange exchange) {
        long startNanos = System.nanoTime();
        HttpRequest head = exchange.head();
        HttpHeaders headers = head.headers();
        RequestTarget target = RequestTarget.of(head.method().name(), head.uri());
        ByteBuf body = exchange.takeBody();
        String requestId = requestId(headers);
        RequestFacts facts = facts(target, headers, body);
        String model = target.model(facts);
        RelayConfig config = relay.config();
        RelayConfig.RoutedPool pool = config.poolOf(model);
        Failure refusal = refusal(config, pool, target, body, model);
        if (refusal != null) {
            body.release();
            refuse(exchange, refusal, pool, requestId);
            return;
        }
        boolean readsPrompt = (pool.readsPrompt() || relay.traffic().isRead()) && facts != null;
        Prompt prompt = readsPrompt ? PROMPTS.get().read(body.nioBuffer(), model) : Prompt.NONE;
        boolean isIndexed = pool.indexesAnswers() && AnswerIndexing.isPossible(target.kind()) && prompt.tokens() > 0;
        FailoverRequest failover = new FailoverRequest(
                model,
                facts != null && facts.streams(),
                target.mayFailOver() && (facts == null || !facts.isStateful()),
                body.readableBytes(),
                facts == null ? 0 : facts.expectedOutputTokens(),
                priority(headers),
                new Deadline(startNanos + totalNanos(headers, pool.totalNanos()), true),
                startNanos,
                exchange.tenant(),
                session(headers, pool),
                prompt,
                headers.contains("x-headgate-explain", "1", false)
                        && pool.edge().expose() != PoolEdge.Expose.NONE);
        AttemptRequest request = new AttemptRequest(head, target, facts, body, model);
        PromptTail tail = isIndexed ? PROMPTS.get().tail() : null;
        RelayRequest asked = new RelayRequest(target, facts, request, pool, requestId, startNanos, failover, tail);
        new RelayCall(relay, exchange, asked).begin();
    }

    /** Reads the body of what may name a model; a body in pieces is joined once, as every attempt reads it. */
    private static @Nullable RequestFacts facts(RequestTarget target, HttpHeaders headers, ByteBuf body) {
        if (target.isRead() || target.kind() == ApiKind.OTHER || !body.isReadable()) {
            return null;
        }
        if (body instanceof CompositeByteBuf pieces && pieces.numComponents() > 1) {
            pieces.consolidate();
        }
        return RequestFacts.scan(body.nioBuffer(), headers.get(HttpHeaderNames.CONTENT_TYPE));
    }

    private static @Nullable Failure refusal(
            RelayConfig config, RelayConfig.RoutedPool pool, RequestTarget target, ByteBuf body, String model) {
        if (body.readableBytes() > pool.edge().maxRequestBytes()) {
            return Failure.of(
                    FailureKind.REQUEST_TOO_LARGE,
                    "the body is larger than " + pool.edge().maxRequestBytes() + " bytes");
        }
        boolean needsModel = config.hasRoutes() && !target.isRead() && target.kind() != ApiKind.OTHER;
        if (needsModel && model.isEmpty()) {
            return Failure.of(
                    FailureKind.INVALID_REQUEST,
                    "model: missing (expected: a name in the path, or a field of the body)");
        }
        return null;
    }

    private static void refuse(Exchange exchange, Failure failure, RelayConfig.RoutedPool pool, String requestId) {
        HttpResponse head = AnswerHeads.refusal(failure, Step.Advice.NONE, BreakerSettings.Body.OPENAI);
        AnswerHeads.explain(head.headers(), failure, Step.Advice.NONE);
        AnswerHeads.identify(head.headers(), pool.edge().expose(), requestId, "", 0);
        var _ = exchange.answer(head, AnswerHeads.refusalBody(failure, Step.Advice.NONE, BreakerSettings.Body.OPENAI));
    }

    private static String session(HttpHeaders headers, RelayConfig.RoutedPool pool) {
        String given = pool.sessionHeader().isEmpty() ? null : headers.get(pool.sessionHeader());
        return given == null ? "" : given;
    }

    private int priority(HttpHeaders headers) {
        String given = headers.get("x-headgate-priority");
        if (given == null) {
            return 0;
        }
        try {
            return Integer.parseInt(given.strip());
        } catch (NumberFormatException e) {
            relay.metrics().ignoredHeader();
            return 0;
        }
    }

    private long totalNanos(HttpHeaders headers, long poolNanos) {
        NettyFields fields = new NettyFields(headers);
        String deadline = fields.first(DeadlineFields.DEADLINE);
        if (deadline != null && !DeadlineFields.isReadable(deadline)) {
            relay.metrics().ignoredHeader();
        }
        return DeadlineFields.totalNanos(fields, poolNanos);
    }

    private static String requestId(HttpHeaders headers) {
        String given = headers.get("x-request-id");
        if (given != null && !given.isEmpty() && given.length() <= MAX_ID_CHARS) {
            return given;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return hex(random.nextLong()).concat(hex(random.nextLong()));
    }

    private static String hex(long value) {
        byte[] digits = new byte[16];
        for (int i = 0; i < digits.length; i++) {
            digits[i] = (byte) Character.forDigit((int) (value >>> (60 - 4 * i)) & 15, 16);
        }
        return new String(digits, StandardCharsets.ISO_8859_1);
    }
}
