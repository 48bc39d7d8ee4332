package dev.headgate.gateway.signal;

import dev.headgate.core.route.PolicyPools;
import dev.headgate.core.signal.EngineFault;
import dev.headgate.core.signal.EngineReading;
import dev.headgate.core.signal.SignalSettings.EngineMetrics;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the metrics of one backend's engine, page after page. Confined to its event loop. */
final class EngineScrape extends Inquiry {
    private static final Logger LOG = LoggerFactory.getLogger(EngineScrape.class);
    private static final EngineFault[] FAULTS = EngineFault.values();

    /** Pages have 100 KB and less; one of hundreds of adapters or models has a few hundred. */
    private static final long MAX_PAGE_BYTES = 2L << 20;

    private static final String METRICS = "metrics";
    private static final String NOTHING = "nothing"; // of what is looked for, or nothing that is believed
    private static final String FROZEN = "frozen";

    private final AskedBackend backend;
    private final PolicyPools pools;
    private final SignalCounts counts;
    private final EngineReading reading;
    private final String labels;
    private final long timeoutNanos;
    private final Rounds rounds;
    private final long[] faults = new long[FAULTS.length];
    private String last = OK;

    EngineScrape(
            AskedBackend backend,
            EngineMetrics metrics,
            EventLoop loop,
            Upstreams upstreams,
            PolicyPools pools,
            SignalCounts counts) {
        super(loop, upstreams, backend.targetOf(metrics), () -> backend.metricsRequest(metrics), MAX_PAGE_BYTES);
        this.backend = backend;
        this.pools = pools;
        this.counts = counts;
        this.labels = backend.labels();
        reading = new EngineReading(metrics.type().mapping());
        timeoutNanos = metrics.timeout().toNanos();
        rounds = new Rounds(loop, metrics.period().toNanos(), () -> ask(timeoutNanos));
    }

    void start() {
        rounds.start();
    }

    void stop() {
        rounds.stop();
        cancel();
    }

    @Override
    void begins() {
        reading.begin();
    }

    @Override
    void takes(ByteBuf piece) {
        long began = System.nanoTime();
        if (piece.nioBufferCount() == 1) {
            reading.read(piece.internalNioBuffer(piece.readerIndex(), piece.readableBytes()));
        } else {
            reading.read(piece.nioBuffer());
        }
        rounds.worked(System.nanoTime() - began);
    }

    @Override
    void whole() {
        long began = System.nanoTime();
        pools.read(backend.pool(), backend.id(), reading);
        rounds.worked(System.nanoTime() - began);
        for (int i = 0; i < FAULTS.length; i++) {
            long now = reading.faults(FAULTS[i]);
            if (now > faults[i]) {
                counts.dropped(labels, FAULTS[i], now - faults[i]);
                faults[i] = now;
            }
        }
        note(reading.isTold() ? OK : reading.isFrozen() ? FROZEN : NOTHING);
        rounds.done();
    }

    @Override
    void failed(String reason) {
        note(reason);
        rounds.failed();
    }

    private void note(String result) {
        counts.asked(labels, METRICS, result);
        if (!result.equals(last)) {
            last = result;
            LOG.info("engine metrics backend={} result={}", backend, result);
        }
    }
}
