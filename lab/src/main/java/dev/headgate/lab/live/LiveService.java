package dev.headgate.lab.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headgate.lab.engine.EngineConstants;
import dev.headgate.lab.engine.RequestStates;
import dev.headgate.lab.trace.Trace;
import dev.headgate.lab.workload.Fleet;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What servers do with the requests of one run: each enters the queue of its replica after the delay that stands for the
 * engine's API, and its tokens are written when the engine makes them.
 *
 * <p>Requests are taken on the servers' event loop, tokens are told on the pacer's thread.
 */
final class LiveService implements TokenSink, AutoCloseable {
    private static final long NEVER = -1;

    private final Trace trace;
    private final int blockTokens;
    private final RunClock clock;
    private final long heldMicros;
    private final LiveEngines engines;
    private final Pacer pacer;
    private final AtomicReferenceArray<Channel> callers;
    private final long[] cameMicros;

    /**
     * Starts idle engines.
     *
     * @param heldMicros from a request's coming until it enters its engine's queue
     */
    LiveService(Trace trace, EngineConstants constants, Fleet fleet, long seed, RunClock clock, long heldMicros) {
        this.trace = trace;
        this.blockTokens = constants.limits().blockTokens();
        this.clock = clock;
        this.heldMicros = heldMicros;
        this.callers = new AtomicReferenceArray<>(trace.size());
        this.cameMicros = new long[trace.size()];
        Arrays.fill(cameMicros, NEVER);
        this.engines = new LiveEngines(trace, constants, fleet, seed, this);
        this.pacer = Pacer.start("lab-engines-pacer", clock, engines);
    }

    /** Takes a request for {@code replica}; returns what is wrong with it, empty if it is served. */
    String take(int replica, Channel channel, JsonNode body) {
        int request = body.path("user").asInt(-1);
        if (request < 0 || request >= trace.size()) {
            return "user: " + request + " (expected: a request from 0 to " + (trace.size() - 1) + ")";
        }
        JsonNode message = body.path("messages").path(0);
        if (!message.path("content").asText().equals(PromptText.content(trace, request, blockTokens))) {
            return "messages: not the prompt of request " + request
                    + " (expected: the text of the blocks of the trace)";
        }
        if (!callers.compareAndSet(request, null, channel)) {
            return "user: " + request + " again (expected: each request once)";
        }
        cameMicros[request] = clock.micros();
        engines.offer(replica, request, cameMicros[request] + heldMicros);
        pacer.wake();
        return "";
    }

    @Override
    public void begins(int request) {
        LiveConnection.send(callers.get(request), LiveEvents.head());
    }

    @Override
    public void tokens(int request, int count) {
        LiveConnection.send(callers.get(request), LiveEvents.tokens(request, count));
    }

    @Override
    public void completed(int request) {
        LiveConnection.send(
                callers.get(request),
                LiveEvents.end(request, trace.input(request), states().cachedTokens[request], trace.output(request)));
    }

    /** Stops the engines; what they did can be read then. */
    @Override
    public void close() {
        pacer.close();
    }

    LiveEngines engines() {
        return engines;
    }

    RequestStates states() {
        return engines.states();
    }

    /** Returns when request {@code r} came, −1 if it did not. */
    long cameMicros(int r) {
        return cameMicros[r];
    }
}
