package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The candidates of one choice, as they were: for a router on another thread, and to explain a choice later. Immutable. */
final class CandidatesCopy implements Candidates {
    private final PoolEndpoint[] endpoints;
    private final int[] maxOngoing;
    private final int[] lengths;
    private final boolean[] available;
    private final int[] inFlight;
    private final long[] pendingTokens;
    private final double[] pendingSeconds;
    private final double[] newTokens;
    private final double reuse;
    private final List<Map<String, Integer>> inFlightByModel = new ArrayList<>();
    private final long[] residentTokens;
    private final int[] cachedTokens;
    private final LoadReport[] reports;
    private final RoutingStats[] stats;
    private final EngineModel[] engines;
    private final int[] indexedBlocks;
    private final double[] ttft;
    private final double[] tpot;

    CandidatesCopy(Members members) {
        int size = members.size();
        endpoints = new PoolEndpoint[size];
        maxOngoing = new int[size];
        lengths = new int[size];
        available = new boolean[size];
        inFlight = new int[size];
        pendingTokens = new long[size];
        pendingSeconds = new double[size];
        newTokens = new double[size];
        reuse = members.reuse();
        residentTokens = new long[size];
        cachedTokens = new int[size];
        reports = new LoadReport[size];
        stats = new RoutingStats[size];
        engines = new EngineModel[size];
        indexedBlocks = new int[size];
        ttft = new double[size];
        tpot = new double[size];
        for (int i = 0; i < size; i++) {
            endpoints[i] = members.get(i).endpoint;
            maxOngoing[i] = members.maxOngoing(i);
            lengths[i] = members.queueLength(i);
            available[i] = members.available(i);
            inFlight[i] = members.inFlight(i);
            pendingTokens[i] = members.pendingTokens(i);
            inFlightByModel.add(members.get(i).inFlightByModel());
            newTokens[i] = members.newTokens(i);
            pendingSeconds[i] = members.pendingSeconds(i);
            residentTokens[i] = members.residentTokens(i);
            cachedTokens[i] = members.cachedTokens(i);
            reports[i] = members.report(i);
            stats[i] = members.stats(i);
            engines[i] = members.engine(i);
            indexedBlocks[i] = members.indexedBlocks(i);
            ttft[i] = members.predictedTtft(i);
            tpot[i] = members.predictedTpot(i);
        }
    }

    @Override
    public int size() {
        return endpoints.length;
    }

    @Override
    public EndpointId id(int index) {
        return endpoints[index].id();
    }

    @Override
    public String node(int index) {
        return endpoints[index].node();
    }

    @Override
    public String zone(int index) {
        return endpoints[index].zone();
    }

    @Override
    public Set<String> models(int index) {
        return endpoints[index].models();
    }

    @Override
    public int maxOngoing(int index) {
        return maxOngoing[index];
    }

    @Override
    public double weight(int index) {
        return endpoints[index].weight();
    }

    @Override
    public Map<String, String> labels(int index) {
        return endpoints[index].labels();
    }

    @Override
    public int queueLength(int index) {
        return lengths[index];
    }

    @Override
    public boolean available(int index) {
        return available[index];
    }

    @Override
    public int inFlight(int index) {
        return inFlight[index];
    }

    @Override
    public long pendingTokens(int index) {
        return pendingTokens[index];
    }

    @Override
    public int inFlight(int index, String model) {
        return inFlightByModel.get(index).getOrDefault(model, 0);
    }

    @Override
    public int modelsInFlight(int index) {
        return inFlightByModel.get(index).size();
    }

    @Override
    public double pendingSeconds(int index) {
        return pendingSeconds[index];
    }

    @Override
    public double newTokens(int index) {
        return newTokens[index];
    }

    @Override
    public double reuse() {
        return reuse;
    }

    @Override
    public long residentTokens(int index) {
        return residentTokens[index];
    }

    @Override
    public int cachedTokens(int index) {
        return cachedTokens[index];
    }

    @Override
    public int indexedBlocks(int index) {
        return indexedBlocks[index];
    }

    @Override
    public long cacheCapacityTokens(int index) {
        return endpoints[index].cacheCapacityTokens();
    }

    @Override
    public LoadReport report(int index) {
        return reports[index];
    }

    @Override
    public RoutingStats stats(int index) {
        return stats[index];
    }

    @Override
    public EngineModel engine(int index) {
        return engines[index];
    }

    @Override
    public double predictedTtft(int index) {
        return ttft[index];
    }

    @Override
    public double predictedTpot(int index) {
        return tpot[index];
    }
}
