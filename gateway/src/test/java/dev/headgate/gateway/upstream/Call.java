package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.CircuitBreaker.Place;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A listener that keeps what it hears, and checks that it hears it in order. */
class Call implements UpstreamListener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CompletableFuture<HttpResponse> head = new CompletableFuture<>();
    private final CompletableFuture<Call> end = new CompletableFuture<>();
    private final CompletableFuture<UpstreamExchange> exchange = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicLong bytes = new AtomicLong();
    private final boolean keepsBody;
    private @Nullable UpstreamFailure failure;
    private @Nullable HttpHeaders trailers;
    private @Nullable BodyEnd bodyEnd;
    private boolean hasOverflowed;
    private final AtomicInteger readCompletes = new AtomicInteger();

    Call() {
        this(true);
    }

    Call(boolean keepsBody) {
        this.keepsBody = keepsBody;
    }

    void began(UpstreamExchange sent) {
        exchange.complete(sent);
    }

    @Override
    public void answered(HttpResponse answer) {
        assertThat(head).isNotDone();
        assertNotEnded();
        head.complete(answer);
    }

    @Override
    public void content(ByteBuf content) {
        assertThat(head).isDone();
        assertNotEnded();
        assertThat(content.isReadable()).isTrue();
        bytes.addAndGet(content.readableBytes());
        if (keepsBody) {
            byte[] copy = new byte[content.readableBytes()];
            content.readBytes(copy);
            body.writeBytes(copy);
        }
        content.release();
    }

    @Override
    public void readComplete() {
        assertNotEnded();
        readCompletes.incrementAndGet();
    }

    @Override
    public void ended(HttpHeaders fields, BodyEnd how) {
        assertNotEnded();
        trailers = fields;
        bodyEnd = how;
        end.complete(this);
    }

    @Override
    public void failed(UpstreamFailure why) {
        assertNotEnded();
        failure = why;
        end.complete(this);
    }

    @Override
    public void overflowed(Place refusal) {
        assertNotEnded();
        hasOverflowed = true;
        end.complete(this);
    }

    private void assertNotEnded() {
        assertThat(end).isNotDone();
    }

    /** Waits for the head. */
    HttpResponse answer() {
        return await(head);
    }

    /** Waits for the end, whatever it is. */
    Call end() {
        return await(end);
    }

    /** Waits for a good end. */
    Call success() {
        end();
        assertThat(failure).isNull();
        assertThat(hasOverflowed).isFalse();
        return this;
    }

    /** Waits for a failure. */
    UpstreamFailure failure() {
        end();
        if (failure == null) {
            throw new AssertionError("ended without a failure");
        }
        return failure;
    }

    UpstreamExchange exchange() {
        return await(exchange);
    }

    boolean hasEnded() {
        return end.isDone();
    }

    boolean hasOverflowed() {
        return end().hasOverflowed;
    }

    int status() {
        return answer().status().code();
    }

    String body() {
        return body.toString(StandardCharsets.UTF_8);
    }

    long bytes() {
        return bytes.get();
    }

    int readCompletes() {
        return readCompletes.get();
    }

    HttpHeaders trailers() {
        return Objects.requireNonNull(success().trailers);
    }

    @Nullable
    BodyEnd bodyEnd() {
        return success().bodyEnd;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("not in time", e);
        }
    }
}
