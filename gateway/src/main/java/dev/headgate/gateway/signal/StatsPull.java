package dev.headgate.gateway.signal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.route.PolicyPools;
import dev.headgate.core.signal.RoutingStats;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;

/** Pulls what one backend tells routers: an object of numbers and texts of its own choice. Confined to its event loop. */
final class StatsPull extends Inquiry {
    private static final String PATH = "/headgate/routing-stats";
    private static final String STATS = "stats";

    private final AskedBackend backend;
    private final PolicyPools pools;
    private final SignalCounts counts;
    private final String labels;
    private final SmallJson json = new SmallJson();
    private final Rounds rounds;

    StatsPull(AskedBackend backend, EventLoop loop, Upstreams upstreams, PolicyPools pools, SignalCounts counts) {
        super(loop, upstreams, backend.target(), () -> backend.request(PATH), SmallJson.MAX_BYTES);
        this.backend = backend;
        this.pools = pools;
        this.counts = counts;
        this.labels = backend.labels();
        long timeoutNanos = backend.settings().statsTimeout().toNanos();
        rounds = new Rounds(loop, backend.settings().statsPeriod().toNanos(), () -> ask(timeoutNanos));
    }

    /** The first comes at once: a router that needs them chooses blindly until then. */
    void start() {
        ask(backend.settings().statsTimeout().toNanos());
    }

    void stop() {
        rounds.stop();
        cancel();
    }

    @Override
    void begins() {
        json.clear();
    }

    @Override
    void takes(ByteBuf piece) {
        json.add(piece);
    }

    @Override
    void whole() {
        ObjectNode object = json.object();
        if (object == null) {
            failed(MALFORMED);
            return;
        }
        Map<String, Double> numbers = new HashMap<>();
        Map<String, String> texts = new HashMap<>();
        object.properties().forEach(entry -> {
            if (entry.getValue().isNumber()) {
                numbers.put(entry.getKey(), entry.getValue().doubleValue());
            } else if (entry.getValue().isTextual()) {
                texts.put(entry.getKey(), entry.getValue().textValue());
            }
        });
        RoutingStats stats = new RoutingStats(numbers, texts, 0);
        pools.tell(backend.pool(), signals -> signals.stats(backend.id(), stats));
        counts.asked(labels, STATS, OK);
        rounds.done();
    }

    @Override
    void failed(String reason) {
        counts.asked(labels, STATS, reason);
        rounds.failed();
    }
}
