package dev.headgate.core.pick;

/** {@code random}: uniform among the candidates that may have room. The yardstick that every policy must beat. */
final class RandomRouter extends LowestCostRouter {
    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        return 0;
    }
}
