package dev.headgate.core.pick;

import java.util.Set;

/**
 * What it costs, in seconds, that an endpoint must load a model or adapter before it can answer.
 *
 * <p>A load takes a second or so, and a slot from another model, which is loaded again for its next request. If all slots
 * are in use, the load also waits until one is not. Of a model that n requests are in flight for, at a rate of n per mean
 * time of a request, that takes {@code drain}·(eⁿ − 1) ÷ n seconds on average, as of the busy period of a queue with a
 * server for each (Takács, 1962): little for one that is rarely asked for, and for ever for one that always is. Whoever
 * waits for a slot already goes first. How many slots there are nobody says; as many as the endpoint that holds most has.
 */
final class ModelLoads {
    /** Of a load that has begun half is left on average. */
    private static final double LEFT = 0.5;

    /** A slot that is always in use costs no more than this, so that what else an endpoint costs still tells. */
    private static final double MOST_DRAINS = 30;

    private final double load;
    private final double drain;
    private String model = "";
    private int slots;

    /** Creates it: a load costs {@code load} seconds, a request leaves after about {@code drain}. */
    ModelLoads(double load, double drain) {
        this.load = load;
        this.drain = drain;
    }

    /** Looks at all {@code candidates} for {@code request}. */
    void survey(Candidates candidates, PendingRequest request) {
        model = request.metadata().multiplexedModelId();
        slots = 0;
        for (int i = 0; i < candidates.size() && !model.isEmpty(); i++) {
            slots = Math.max(slots, candidates.models(i).size());
        }
    }

    /** Returns the seconds that candidate {@code index} costs, 0 if it holds the model or none in particular is asked for. */
    double seconds(Candidates candidates, int index) {
        if (model.isEmpty() || candidates.models(index).contains(model)) {
            return 0;
        }
        return candidates.inFlight(index, model) > 0 ? LEFT * load : load + slotSeconds(candidates, index);
    }

    private double slotSeconds(Candidates candidates, int index) {
        int waiting = candidates.modelsInFlight(index); // models that are asked for and not there
        Set<String> all = candidates.models(index);
        double soonest = all.isEmpty() || all.size() < slots ? 0 : Double.POSITIVE_INFINITY;
        for (String held : all) {
            int inFlight = candidates.inFlight(index, held);
            waiting -= inFlight > 0 ? 1 : 0;
            soonest = Math.min(soonest, inFlight == 0 ? 0 : Math.expm1(inFlight) / inFlight);
        }
        return drain * (Math.min(MOST_DRAINS, soonest) * (1 + waiting) + waiting);
    }
}
