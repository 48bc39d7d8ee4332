package dev.headgate.lab.routing;

import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.time.Ticker;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a router is started with in a simulation: simulated time and chance of its own. The parts that compose with it have
 * another source of chance, so that the draws of a policy do not shift theirs.
 */
record LabSetup(
        String pool,
        Ticker ticker,
        RandomGenerator random,
        RandomGenerator partsRandom,
        RouterSetup.Parameters parameters)
        implements RouterSetup {
    @Override
    public @Nullable Object previousState() {
        return null;
    }

    /** A simulated fleet is in one place. */
    @Override
    public RouterPart locality() {
        return RouterPart.locality("", "");
    }

    @Override
    public RouterPart models() {
        return RouterPart.models(ticker, partsRandom);
    }

    @Override
    public RouterPart sessions() {
        return RouterPart.sessions(ticker);
    }
}
