package dev.headgate.lab.live;

import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.load.Loops;
import dev.headgate.lab.trace.Trace;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Callers of one run: each request of a trace is sent when the trace says, whatever has become of those before, and a turn that
 * waits for an answer when that has come and was thought about. Times count from when a request was due.
 *
 * <p>Everything but waking happens on one event loop; the states are read after {@link #await} has returned.
 */
final class LiveLoad implements Pacer.Work, AutoCloseable {
    private static final long NANOS_PER_MICRO = 1_000;

    private final Trace trace;
    private final RunClock clock;
    private final byte[][] requests;
    private final RequestStates states;
    private final int[] order; // those that wait for no answer, by time
    private final CountDownLatch left;
    private final EventLoopGroup loop = Loops.one("lab-live-callers");
    private final Bootstrap bootstrap;
    private final Deque<LiveCaller> idle =
            new ArrayDeque<>(); // bounded by the requests that were ever under way at once
    private int next;

    /** Creates callers of {@code gateway} that send {@code requests}, one for each of {@code trace}. */
    LiveLoad(URI gateway, Trace trace, byte[][] requests, RunClock clock) {
        this.trace = trace;
        this.requests = requests.clone();
        this.clock = clock;
        this.states = new RequestStates(trace.size());
        this.left = new CountDownLatch(trace.size());
        this.order = IntStream.range(0, trace.size())
                .filter(r -> trace.arrival(r) != Trace.AFTER_ANSWER)
                .boxed()
                .sorted(Comparator.comparingLong(trace::arrival))
                .mapToInt(Integer::intValue)
                .toArray();
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(Loops.connecting())
                .option(ChannelOption.TCP_NODELAY, true)
                .remoteAddress(gateway.getHost(), gateway.getPort())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new LiveCaller(LiveLoad.this));
                    }
                });
    }

    @Override
    public void advance(long nowMicros) {
        while (next < order.length && trace.arrival(order[next]) <= nowMicros) {
            int request = order[next++];
            loop.execute(() -> send(request, trace.arrival(request)));
        }
    }

    @Override
    public long nextMicros() {
        return next < order.length ? trace.arrival(order[next]) : NEVER;
    }

    /** Returns once every request has ended or {@code patience} is over; whether they have. */
    boolean await(Duration patience) throws InterruptedException {
        return left.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns when each request was due, had its first token and was answered; −1 for what did not happen. */
    RequestStates states() {
        return states;
    }

    /** Closes every connection. */
    @Override
    public void close() {
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    long nowMicros() {
        return clock.micros();
    }

    int output(int request) {
        return trace.output(request);
    }

    private void send(int request, long dueMicros) {
        states.arrived[request] = dueMicros;
        LiveCaller caller = idle.pollLast();
        if (caller != null) {
            caller.send(request, requests[request]);
            return;
        }
        bootstrap.connect().addListener((ChannelFuture opened) -> {
            if (opened.isSuccess()) {
                Channel channel = opened.channel();
                channel.pipeline().get(LiveCaller.class).send(request, requests[request]);
            } else {
                failed(request);
            }
        });
    }

    /** The first token of {@code request} came. */
    void first(int request, long micros) {
        states.first[request] = micros;
    }

    /** The answer to {@code request} is whole, and {@code caller} free for another. */
    void answered(int request, long micros, LiveCaller caller) {
        idle.addLast(caller);
        states.done[request] = micros;
        left.countDown();
        int turn = trace.following(request);
        if (turn != Trace.NONE && trace.arrival(turn) == Trace.AFTER_ANSWER) {
            long due = micros + trace.think(turn);
            long delay = Math.max(0, due - clock.micros());
            var _ = loop.schedule(() -> send(turn, due), delay * NANOS_PER_MICRO, TimeUnit.NANOSECONDS);
        }
    }

    /** {@code request} will not be answered, and turns that wait for it will not come. */
    void failed(int request) {
        for (int turn = request; turn != Trace.NONE; turn = trace.following(turn)) {
            if (turn == request || trace.arrival(turn) == Trace.AFTER_ANSWER) {
                left.countDown();
            }
        }
    }

    /** {@code caller} is not to be used again. */
    void gone(LiveCaller caller) {
        idle.remove(caller);
    }

    /** Returns how long each request that came at all took to its first token, in microseconds. */
    long[] ttftMicros() {
        return IntStream.range(0, trace.size())
                .filter(r -> states.first[r] >= 0)
                .mapToLong(r -> states.first[r] - states.arrived[r])
                .toArray();
    }

    /** Returns how many requests have an answer. */
    long answered() {
        return Arrays.stream(states.done).filter(at -> at >= 0).count();
    }
}
