package dev.headgate.gateway.signal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.route.PolicyPools;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/** Asks one backend how many requests it has, when the router of its pool wants to know. Confined to its event loop. */
final class OngoingProbe extends Inquiry {
    private static final String PATH = "/headgate/ongoing";
    private static final String ONGOING = "ongoing";

    private final AskedBackend backend;
    private final PolicyPools pools;
    private final SignalCounts counts;
    private final String labels;
    private final SmallJson json = new SmallJson();

    OngoingProbe(AskedBackend backend, EventLoop loop, Upstreams upstreams, PolicyPools pools, SignalCounts counts) {
        super(loop, upstreams, backend.target(), () -> backend.request(PATH), SmallJson.MAX_BYTES);
        this.backend = backend;
        this.pools = pools;
        this.counts = counts;
        this.labels = backend.labels();
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
        int ongoing = object == null ? -1 : count(object.path(ONGOING));
        if (object == null || ongoing < 0) {
            failed(MALFORMED);
            return;
        }
        EndpointId id = backend.id();
        int most = count(object.path("maxOngoing"));
        if (most > 0) {
            pools.takes(backend.pool(), id, most);
        }
        pools.tell(backend.pool(), signals -> signals.probeAnswered(id, ongoing));
        counts.asked(labels, ONGOING, OK);
    }

    /** Returns a count, −1 if it is none. */
    private static int count(JsonNode value) {
        return value.isInt() && value.intValue() >= 0 ? value.intValue() : -1;
    }

    @Override
    void failed(String reason) {
        EndpointId id = backend.id();
        if (reason.equals(UNREACHABLE)) {
            pools.tell(backend.pool(), signals -> signals.probeUnavailable(id));
        } else {
            pools.tell(backend.pool(), signals -> signals.probeFailed(id));
        }
        counts.asked(labels, ONGOING, reason);
    }
}
