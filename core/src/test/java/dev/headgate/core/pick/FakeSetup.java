package dev.headgate.core.pick;

import dev.headgate.core.testing.FakeTicker;
import dev.headgate.core.time.Ticker;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a router starts with in a test: a seed, parameters and a clock that stands still. */
record FakeSetup(FakeTicker clock, RandomGenerator random, RouterSetup.Parameters parameters) implements RouterSetup {
    static FakeSetup of(long seed, Map<String, ?> parameters) {
        return new FakeSetup(new FakeTicker(), new SplittableRandom(seed), RouterSetup.Parameters.of(parameters));
    }

    /** Returns the policy called {@code name}, started with {@code seed} and {@code parameters}. */
    static RequestRouter started(String name, long seed, Map<String, ?> parameters) {
        RequestRouter router = RoutingPolicies.builtIn().create(name);
        router.start(of(seed, parameters));
        return router;
    }

    @Override
    public String pool() {
        return "pool";
    }

    @Override
    public Ticker ticker() {
        return clock;
    }

    @Override
    public @Nullable Object previousState() {
        return null;
    }

    @Override
    public RouterPart locality() {
        return RouterPart.locality("n1", "z1");
    }

    @Override
    public RouterPart models() {
        return RouterPart.models(clock, random);
    }

    @Override
    public RouterPart sessions() {
        return RouterPart.sessions(clock);
    }
}
