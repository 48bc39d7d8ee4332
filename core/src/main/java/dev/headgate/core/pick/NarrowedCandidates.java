package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import java.util.Map;
import java.util.Set;

/** Some of the candidates, numbered anew from 0. Reused from choice to choice. */
public final class NarrowedCandidates implements Candidates {
    private Candidates all = new NoCandidates();
    private RouterPart.IndexSet kept = new CandidateSet();

    /** Shows those of {@code candidates} that are in {@code set}. */
    public NarrowedCandidates to(Candidates candidates, RouterPart.IndexSet set) {
        all = candidates;
        kept = set;
        return this;
    }

    /** Returns what candidate {@code index} is called among all. */
    public int at(int index) {
        return kept.get(index);
    }

    @Override
    public int size() {
        return kept.size();
    }

    @Override
    public EndpointId id(int index) {
        return all.id(at(index));
    }

    @Override
    public String node(int index) {
        return all.node(at(index));
    }

    @Override
    public String zone(int index) {
        return all.zone(at(index));
    }

    @Override
    public Set<String> models(int index) {
        return all.models(at(index));
    }

    @Override
    public int maxOngoing(int index) {
        return all.maxOngoing(at(index));
    }

    @Override
    public double weight(int index) {
        return all.weight(at(index));
    }

    @Override
    public Map<String, String> labels(int index) {
        return all.labels(at(index));
    }

    @Override
    public int queueLength(int index) {
        return all.queueLength(at(index));
    }

    @Override
    public boolean available(int index) {
        return all.available(at(index));
    }

    @Override
    public int inFlight(int index) {
        return all.inFlight(at(index));
    }

    @Override
    public int ongoing(int index) {
        return all.ongoing(at(index));
    }

    @Override
    public long pendingTokens(int index) {
        return all.pendingTokens(at(index));
    }

    @Override
    public int inFlight(int index, String model) {
        return all.inFlight(at(index), model);
    }

    @Override
    public int modelsInFlight(int index) {
        return all.modelsInFlight(at(index));
    }

    @Override
    public double pendingSeconds(int index) {
        return all.pendingSeconds(at(index));
    }

    @Override
    public double newTokens(int index) {
        return all.newTokens(at(index));
    }

    @Override
    public double reuse() {
        return all.reuse();
    }

    @Override
    public long residentTokens(int index) {
        return all.residentTokens(at(index));
    }

    @Override
    public int cachedTokens(int index) {
        return all.cachedTokens(at(index));
    }

    @Override
    public long cacheCapacityTokens(int index) {
        return all.cacheCapacityTokens(at(index));
    }

    @Override
    public LoadReport report(int index) {
        return all.report(at(index));
    }

    @Override
    public double waiting(int index) {
        return all.waiting(at(index));
    }

    @Override
    public double running(int index) {
        return all.running(at(index));
    }

    @Override
    public double kvUsage(int index) {
        return all.kvUsage(at(index));
    }

    @Override
    public long reportAgeNanos(int index) {
        return all.reportAgeNanos(at(index));
    }

    @Override
    public int indexedBlocks(int index) {
        return all.indexedBlocks(at(index));
    }

    @Override
    public RoutingStats stats(int index) {
        return all.stats(at(index));
    }

    @Override
    public EngineModel engine(int index) {
        return all.engine(at(index));
    }

    @Override
    public double predictedTtft(int index) {
        return all.predictedTtft(at(index));
    }

    @Override
    public double predictedTpot(int index) {
        return all.predictedTpot(at(index));
    }

    private static final class NoCandidates implements Candidates {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public EndpointId id(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public boolean available(int index) {
            return false;
        }

        @Override
        public int inFlight(int index) {
            return 0;
        }
    }
}
