package dev.headgate.core.pick;

import java.util.random.RandomGenerator;

/**
 * {@code p2c}: two distinct candidates, drawn uniformly, both in rank 0, where the shorter queue is taken; there is no
 * further rank. The power of two choices (Mitzenmacher 1996), as Ray Serve and Finagle use it.
 */
final class TwoChoicesRouter implements RequestRouter {
    private final TwoDraws draws = new TwoDraws();
    private RandomGenerator random = () -> 0;

    @Override
    public void start(RouterSetup setup) {
        PolicyParameters.none().read(setup.parameters());
        random = setup.random();
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        draws.draw(candidates, random);
        addTo(ranks, draws);
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("ongoing", candidates.ongoing(index));
    }

    static void addTo(Ranks ranks, TwoDraws draws) {
        if (draws.first() != TwoDraws.NONE) {
            ranks.add(draws.first());
        }
        if (draws.second() != TwoDraws.NONE) {
            ranks.add(draws.second());
        }
    }
}
