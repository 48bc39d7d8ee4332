package dev.headgate.gateway.upstream;

import dev.headgate.gateway.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Upstreams under test, with loops of their own. */
final class Caller implements AutoCloseable {
    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Upstreams upstreams;

    Caller() {
        this(1, UpstreamSettings.DEFAULTS);
    }

    Caller(int threads, UpstreamSettings settings) {
        this(Transport.usual(), threads, settings);
    }

    Caller(Transport transport, int threads, UpstreamSettings settings) {
        group = transport.loops(threads);
        for (int i = 0; i < threads; i++) {
            loops.add(group.next());
        }
        upstreams = Upstreams.with(settings);
    }

    Upstreams upstreams() {
        return upstreams;
    }

    EventLoop loop(int index) {
        return loops.get(index);
    }

    /** Sends GET and returns at once. */
    Call get(UpstreamTarget target) {
        return send(0, target, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER, ConnectionGate.NONE, new Call());
    }

    /** Sends GET and waits for a good end. */
    Call got(UpstreamTarget target) {
        return get(target).success();
    }

    Call post(UpstreamTarget target, ByteBuf body) {
        return send(0, target, HttpMethod.POST, "/v1/chat/completions", body, ConnectionGate.NONE, new Call());
    }

    Call send(
            int loop,
            UpstreamTarget target,
            HttpMethod method,
            String path,
            ByteBuf body,
            ConnectionGate gate,
            Call call) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, path);
        head.headers().set(HttpHeaderNames.HOST, target.toString());
        if (body.isReadable()) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        on(loop, () -> call.began(upstreams.send(loops.get(loop), target, head, body, gate, call)));
        return call;
    }

    /** Runs {@code action} on a loop. */
    void on(int loop, Runnable action) {
        loops.get(loop).execute(action);
    }

    /** Waits until {@code condition} holds. */
    static void until(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > Duration.ofSeconds(20).toNanos()) {
                throw new AssertionError("never happened");
            }
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    public void close() {
        upstreams.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
