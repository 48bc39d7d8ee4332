package dev.headgate.core.pick;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.signal.LoadReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Endpoints of which a test says what it cares for. */
final class FakeCandidates implements Candidates {
    private final List<Fake> endpoints = new ArrayList<>();
    double reuse;

    /** Returns {@code count} endpoints called r0, r1, …, idle and empty. */
    static FakeCandidates of(int count) {
        FakeCandidates candidates = new FakeCandidates();
        for (int i = 0; i < count; i++) {
            candidates.add("r" + i);
        }
        return candidates;
    }

    /** Returns up to 20 endpoints of which anything may be said, full and unreported ones among them. */
    static FakeCandidates random(SplittableRandom random, int promptTokens) {
        FakeCandidates candidates = of(1 + random.nextInt(20));
        for (Fake fake : candidates.endpoints) {
            fake.inFlight = random.nextInt(6);
            fake.queueLength = random.nextInt(4) == 0 ? -1 : fake.inFlight + random.nextInt(3);
            fake.maxOngoing = random.nextInt(8);
            fake.weight = 0.5 + random.nextInt(4);
            fake.pendingTokens = random.nextInt(3) * 1000L;
            fake.residentTokens = random.nextInt(3) * 100_000L;
            fake.cachedTokens = random.nextInt(3) == 0 ? random.nextInt(promptTokens + 100) : 0;
            fake.capacity = random.nextInt(3) * 100_000L;
            fake.indexedBlocks = random.nextInt(100);
            fake.report = random.nextInt(3) == 0
                    ? LoadReport.UNKNOWN
                    : new LoadReport(
                            random.nextInt(4) == 0 ? Double.NaN : random.nextInt(300),
                            random.nextInt(20),
                            random.nextInt(4) == 0 ? Double.NaN : random.nextDouble(),
                            random.nextLong(4_000_000_000L));
            fake.models = random.nextBoolean() ? Set.of("m") : Set.of();
            fake.labels = random.nextBoolean() ? Map.of("max-adapters", "1", "llm-d.ai/role", "decode") : Map.of();
        }
        return candidates;
    }

    /** Adds one and returns it to be described. */
    Fake add(String id) {
        Fake fake = new Fake(new EndpointId(id));
        endpoints.add(fake);
        return fake;
    }

    /** Returns the one at {@code index}, to be described. */
    Fake at(int index) {
        return endpoints.get(index);
    }

    /** Takes the one called {@code id} away. */
    void remove(String id) {
        endpoints.removeIf(fake -> fake.id.value().equals(id));
    }

    @Override
    public int size() {
        return endpoints.size();
    }

    @Override
    public EndpointId id(int index) {
        return at(index).id;
    }

    @Override
    public String node(int index) {
        return at(index).node;
    }

    @Override
    public String zone(int index) {
        return at(index).zone;
    }

    @Override
    public Set<String> models(int index) {
        return at(index).models;
    }

    @Override
    public Map<String, String> labels(int index) {
        return at(index).labels;
    }

    @Override
    public int maxOngoing(int index) {
        return at(index).maxOngoing;
    }

    @Override
    public double weight(int index) {
        return at(index).weight;
    }

    @Override
    public int queueLength(int index) {
        return at(index).queueLength;
    }

    @Override
    public boolean available(int index) {
        Fake fake = at(index);
        return fake.maxOngoing == 0 || Math.max(fake.inFlight, fake.queueLength) < fake.maxOngoing;
    }

    @Override
    public int inFlight(int index) {
        return at(index).inFlight;
    }

    @Override
    public long pendingTokens(int index) {
        return at(index).pendingTokens;
    }

    @Override
    public int inFlight(int index, String model) {
        return at(index).inFlightByModel.getOrDefault(model, 0);
    }

    @Override
    public int modelsInFlight(int index) {
        return at(index).inFlightByModel.size();
    }

    @Override
    public double newTokens(int index) {
        return at(index).newTokens;
    }

    @Override
    public double reuse() {
        return reuse;
    }

    @Override
    public long residentTokens(int index) {
        return at(index).residentTokens;
    }

    @Override
    public int cachedTokens(int index) {
        return at(index).cachedTokens;
    }

    @Override
    public long cacheCapacityTokens(int index) {
        return at(index).capacity;
    }

    @Override
    public LoadReport report(int index) {
        return at(index).report;
    }

    @Override
    public int indexedBlocks(int index) {
        return at(index).indexedBlocks;
    }

    @Override
    public EngineModel engine(int index) {
        return at(index).engine;
    }

    /** One endpoint. */
    static final class Fake {
        final EndpointId id;
        String node = "";
        String zone = "";
        Set<String> models = Set.of();
        Map<String, String> labels = new LinkedHashMap<>();
        int maxOngoing;
        double weight = 1;
        int queueLength = -1;
        int inFlight;
        long pendingTokens;
        long residentTokens;
        int cachedTokens;
        long capacity;
        double newTokens;
        Map<String, Integer> inFlightByModel = new LinkedHashMap<>();
        int indexedBlocks;
        LoadReport report = LoadReport.UNKNOWN;
        EngineModel engine = EngineModel.PRIOR;

        Fake(EndpointId id) {
            this.id = id;
        }
    }
}
