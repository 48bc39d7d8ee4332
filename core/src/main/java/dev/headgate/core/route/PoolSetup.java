package dev.headgate.core.route;

import dev.headgate.core.pick.RouterPart;
import dev.headgate.core.pick.RouterSetup;
import dev.headgate.core.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a router of a pool is started with. Parts exist once they are asked for, and the pool then tells them what happens. */
final class PoolSetup implements RouterSetup {
    private final String pool;
    private final Ticker ticker;
    private final RouterPlan plan;
    private final RecordedRandom random;
    private final @Nullable Object previousState;
    private final List<RouterPart> parts = new ArrayList<>(3);
    private @Nullable RouterPart locality;
    private @Nullable RouterPart models;
    private @Nullable RouterPart sessions;

    PoolSetup(String pool, Ticker ticker, RouterPlan plan, @Nullable Object previousState) {
        this.pool = pool;
        this.ticker = ticker;
        this.plan = plan;
        random = new RecordedRandom(plan.random());
        this.previousState = previousState;
    }

    /** Returns the parts that were asked for. */
    List<RouterPart> parts() {
        return parts;
    }

    @Override
    public String pool() {
        return pool;
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    RecordedRandom recordedRandom() {
        return random;
    }

    /** Gives {@code draws} again from now on. */
    void replay(List<Long> draws) {
        random.giveAgain(draws);
    }

    @Override
    public Parameters parameters() {
        return plan.parameters();
    }

    @Override
    public @Nullable Object previousState() {
        return previousState;
    }

    @Override
    public RouterPart locality() {
        RouterPart known = locality;
        if (known == null) {
            known = added(RouterPart.locality(plan.node(), plan.zone()));
            locality = known;
        }
        return known;
    }

    @Override
    public RouterPart models() {
        RouterPart known = models;
        if (known == null) {
            known = added(RouterPart.models(ticker, random));
            models = known;
        }
        return known;
    }

    @Override
    public RouterPart sessions() {
        RouterPart known = sessions;
        if (known == null) {
            known = added(RouterPart.sessions(ticker));
            sessions = known;
        }
        return known;
    }

    private RouterPart added(RouterPart part) {
        parts.add(part);
        return part;
    }
}
