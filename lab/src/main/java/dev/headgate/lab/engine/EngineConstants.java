package dev.headgate.lab.engine;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * What an engine costs and holds. Times in microseconds.
 *
 * @param preset the name under which these were published; {@code +} where some were changed
 * @param weightUs reading the weights once, per step
 * @param stepUs overhead of a step
 * @param sequenceUs overhead per sequence in a step
 * @param linUs computing a token
 * @param attUs a token attending to another
 * @param kvUs reading a cached token while decoding
 * @param apiUs from the decision to the engine's queue
 * @param noise σ of the lognormal factor on the time of a step
 * @param limits what fits
 * @param conduct what it does with blocks
 */
public record EngineConstants(
        String preset,
        double weightUs,
        double stepUs,
        double sequenceUs,
        double linUs,
        double attUs,
        double kvUs,
        long apiUs,
        double noise,
        Limits limits,
        Conduct conduct) {
    /** Llama-3.1-8B in BF16 on one H100 with 80 GB. */
    public static final EngineConstants H100 = new EngineConstants(
            "h100-llama8b",
            6710,
            126,
            4.4,
            22.2,
            1.31e-3,
            0.0762,
            8000,
            0,
            new Limits(8192, 1024, 16, 420_992, 64, 0),
            new Conduct(false, true, true, false));

    /** The one that the orientation numbers of simulator.md §10 were made with. */
    public static final EngineConstants COARSE = new EngineConstants(
            "coarse",
            6710,
            126,
            4.4,
            22.2,
            1.31e-3,
            0.0762,
            8000,
            0,
            new Limits(8192, 1024, 512, 420_992, 512, 0),
            new Conduct(true, false, false, true));

    private static final Map<String, BiFunction<EngineConstants, Double, EngineConstants>> SETTERS = setters();

    /** Returns the preset called {@code name}; {@link IllegalArgumentException} names the known ones. */
    public static EngineConstants named(String name) {
        for (EngineConstants preset : new EngineConstants[] {H100, COARSE}) {
            if (preset.preset.equals(name)) {
                return preset;
            }
        }
        throw new IllegalArgumentException(name + " (expected: one of " + H100.preset + ", " + COARSE.preset + ")");
    }

    /** Returns these with constant {@code name} changed; {@link IllegalArgumentException} names the known ones. */
    public EngineConstants with(String name, double value) {
        BiFunction<EngineConstants, Double, EngineConstants> setter = SETTERS.get(name);
        if (setter == null) {
            throw new IllegalArgumentException(
                    name + " (expected: one of " + String.join(", ", new TreeMap<>(SETTERS).keySet()) + ")");
        }
        if (!(value >= 0 && value < 1e12)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
        EngineConstants changed = setter.apply(this, value);
        changed.limits.check();
        return preset.endsWith("+") ? changed : changed.called(preset + "+");
    }

    /** Returns these for an engine that holds {@code slots} adapters, unless it holds some already. */
    public EngineConstants holdingAdapters(int slots) {
        return slots == 0 || limits.adapters > 0
                ? this
                : with("adapters", slots).called(preset);
    }

    /** Returns the microseconds of a step without noise, simulator.md §5. */
    public double stepMicros(Step step, double speed) {
        double compute = linUs / speed * step.tokens();
        double weights = weightUs / speed;
        return stepUs
                + Math.sqrt(weights * weights + compute * compute)
                + attUs / speed * step.pairs()
                + kvUs / speed * step.contextTokens()
                + sequenceUs * step.sequences();
    }

    /** Returns the constants by the names of {@link #with}. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("weightUs", weightUs);
        values.put("stepUs", stepUs);
        values.put("sequenceUs", sequenceUs);
        values.put("linUs", linUs);
        values.put("attUs", attUs);
        values.put("kvUs", kvUs);
        values.put("apiUs", (double) apiUs);
        values.put("noise", noise);
        values.put("budget", (double) limits.budget);
        values.put("sequences", (double) limits.sequences);
        values.put("blockTokens", (double) limits.blockTokens);
        values.put("kvTokens", (double) limits.kvTokens);
        values.put("indexBlockTokens", (double) limits.indexBlockTokens);
        values.put("adapters", (double) limits.adapters);
        return values;
    }

    private static Map<String, BiFunction<EngineConstants, Double, EngineConstants>> setters() {
        Map<String, BiFunction<EngineConstants, Double, EngineConstants>> setters = new LinkedHashMap<>();
        setters.put("weightUs", (c, v) -> c.rates(v, c.stepUs, c.sequenceUs, c.linUs, c.attUs));
        setters.put("stepUs", (c, v) -> c.rates(c.weightUs, v, c.sequenceUs, c.linUs, c.attUs));
        setters.put("sequenceUs", (c, v) -> c.rates(c.weightUs, c.stepUs, v, c.linUs, c.attUs));
        setters.put("linUs", (c, v) -> c.rates(c.weightUs, c.stepUs, c.sequenceUs, v, c.attUs));
        setters.put("attUs", (c, v) -> c.rates(c.weightUs, c.stepUs, c.sequenceUs, c.linUs, v));
        setters.put("kvUs", (c, v) -> c.others(v, c.apiUs, c.noise, c.limits));
        setters.put("apiUs", (c, v) -> c.others(c.kvUs, v.longValue(), c.noise, c.limits));
        setters.put("noise", (c, v) -> c.others(c.kvUs, c.apiUs, v, c.limits));
        for (String name : Limits.NAMES) {
            setters.put(name, (c, v) -> c.others(c.kvUs, c.apiUs, c.noise, c.limits.with(name, v)));
        }
        return setters;
    }

    private EngineConstants called(String name) {
        return new EngineConstants(
                name, weightUs, stepUs, sequenceUs, linUs, attUs, kvUs, apiUs, noise, limits, conduct);
    }

    private EngineConstants rates(double weight, double step, double sequence, double lin, double att) {
        return new EngineConstants(preset, weight, step, sequence, lin, att, kvUs, apiUs, noise, limits, conduct);
    }

    private EngineConstants others(double kv, long api, double sigma, Limits fits) {
        return new EngineConstants(preset, weightUs, stepUs, sequenceUs, linUs, attUs, kv, api, sigma, fits, conduct);
    }

    /**
     * What one step consists of.
     *
     * @param tokens computed, of prompts and answers
     * @param pairs tokens of prompts times those that they attend to
     * @param contextTokens read from the cache by sequences that decode
     * @param sequences that take part
     */
    public record Step(long tokens, double pairs, long contextTokens, int sequences) {}

    /**
     * What fits.
     *
     * @param budget tokens of a step
     * @param sequences that run at once
     * @param blockTokens of a cache block
     * @param kvTokens that the cache holds
     * @param indexBlockTokens of a block of the router's index
     * @param adapters loaded at once; 0 = the models of requests are no adapters
     */
    public record Limits(
            int budget, int sequences, int blockTokens, long kvTokens, int indexBlockTokens, int adapters) {
        private static final String[] NAMES = {
            "budget", "sequences", "blockTokens", "kvTokens", "indexBlockTokens", "adapters"
        };

        /** Returns the blocks that the cache holds. */
        public int blocks() {
            return (int) (kvTokens / blockTokens);
        }

        /** Returns these for a replica with {@code factor} of the cache. */
        Limits withCache(double factor) {
            return new Limits(
                    budget, sequences, blockTokens, Math.round(kvTokens * factor), indexBlockTokens, adapters);
        }

        private Limits with(String name, double value) {
            long whole = (long) value;
            int small = (int) Math.min(Integer.MAX_VALUE, whole);
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "budget" -> new Limits(small, sequences, blockTokens, kvTokens, indexBlockTokens, adapters);
                case "sequences" -> new Limits(budget, small, blockTokens, kvTokens, indexBlockTokens, adapters);
                case "blocktokens" -> new Limits(budget, sequences, small, kvTokens, indexBlockTokens, adapters);
                case "kvtokens" -> new Limits(budget, sequences, blockTokens, whole, indexBlockTokens, adapters);
                case "indexblocktokens" -> new Limits(budget, sequences, blockTokens, kvTokens, small, adapters);
                default -> new Limits(budget, sequences, blockTokens, kvTokens, indexBlockTokens, small);
            };
        }

        /** Every decoding sequence takes a token of each step, so the budget must not be smaller than their number. */
        private void check() {
            refuseUnless(sequences >= 1, "sequences", sequences, ">= 1");
            refuseUnless(budget > sequences, "budget", budget, "more than the " + sequences + " sequences");
            refuseUnless(blockTokens >= 1, "blockTokens", blockTokens, ">= 1");
            refuseUnless(indexBlockTokens >= 1, "indexBlockTokens", indexBlockTokens, ">= 1");
            refuseUnless(
                    kvTokens >= 100L * blockTokens && kvTokens / blockTokens < 1 << 28,
                    "kvTokens",
                    kvTokens,
                    "from 100 to 2^28 blocks of " + blockTokens);
        }

        private static void refuseUnless(boolean fits, String name, long value, String expected) {
            if (!fits) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
            }
        }
    }

    /**
     * What it does with blocks.
     *
     * @param partialBlocksHit whether the last block of a prompt can be hit though it is not full
     * @param answersCached whether blocks that answers fill can be hit
     * @param answersRecomputed whether a preempted request computes its answer so far again
     * @param reportsAtDecisions whether reports are refreshed by the first decision after the period, not by a timer
     */
    public record Conduct(
            boolean partialBlocksHit, boolean answersCached, boolean answersRecomputed, boolean reportsAtDecisions) {}
}
