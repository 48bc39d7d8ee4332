package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.complete;
import static dev.headgate.core.route.PoolFixture.lease;
import static dev.headgate.core.route.PoolFixture.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What choices know of endpoints' caches, and when that is written and taken back. */
class PoolPrefixTest {
    private static final Prompt PROMPT = new Prompt(200, 64, new long[] {11, 12, 13});

    @Test
    void aPromptFollowsItsLikeAtOnceAndOnlyItsRestIsPending() {
        PoolFixture pool = pool();
        FakeCall first = ask(pool, "1");
        FakeCall second = ask(pool, "2");
        assertThat(where(second)).isEqualTo(where(first));
        assertThat(lease(second).uncachedTokens()).isEqualTo(200 - 192);
        assertThat(pool.pool.candidates().pendingTokens(0)).isEqualTo(200 + 8);
        complete(first);
        complete(second);
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isEqualTo(3);
        pool.assertIdle();
    }

    @Test
    void whatNoFirstTokenConfirmedIsWithdrawnWhenTheAttemptFails() {
        PoolFixture pool = pool();
        lease(ask(pool, "1")).complete(Outcome.CANCELLED);
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isZero();
        FakeCall confirmed = ask(pool, "2");
        lease(confirmed).firstToken();
        lease(confirmed).complete(Outcome.CANCELLED);
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isEqualTo(3);
        pool.assertIdle();
    }

    @Test
    void anEndpointThatLeavesOrIsClearedHoldsNothing() {
        PoolFixture pool = pool();
        complete(ask(pool, "1"));
        pool.pool.signals().blocksCleared(new EndpointId("a"));
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isZero();
        complete(ask(pool, "2"));
        FakeCall running = ask(pool, "3");
        pool.pool.endpointsChanged(List.of(PoolEndpoint.of("b", 4)));
        pool.pool.endpointsChanged(List.of(PoolEndpoint.of("a", 4), PoolEndpoint.of("b", 4)));
        complete(running);
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isZero();
        pool.assertIdle();
    }

    @Test
    void hitsThatDoNotComeTrueAreScaledDown() {
        PoolFixture pool = pool();
        complete(ask(pool, "0"));
        for (int i = 0; i < 60; i++) {
            FakeCall call = ask(pool, "" + i);
            lease(call).cachedTokens(0);
            complete(call);
        }
        assertThat(lease(ask(pool, "last")).uncachedTokens()).isEqualTo(200);
    }

    @Test
    void aSmallerIndexHoldsLessAtOnce() {
        PoolFixture pool = pool();
        complete(ask(pool, "1"));
        PoolSettings.IndexLimits limits = PoolSettings.DEFAULTS.index();
        pool.pool.settingsChanged(PoolSettings.DEFAULTS.withIndex(
                new PoolSettings.IndexLimits(2, limits.maxBytes(), limits.blockTokens())));
        assertThat(pool.pool.signals().blocks(new EndpointId("a"))).isEqualTo(2);
    }

    @Test
    void hitsThatComeTrueAgainAreTrustedAgain() {
        PoolFixture pool = pool();
        complete(ask(pool, "0"));
        for (int i = 0; i < 120; i++) {
            FakeCall call = ask(pool, "" + i);
            lease(call).cachedTokens(i < 60 ? 0 : 192);
            complete(call);
        }
        assertThat(lease(ask(pool, "last")).uncachedTokens()).isEqualTo(8);
    }

    private static PoolFixture pool() {
        return new PoolFixture(PoolSettings.DEFAULTS, mostCached())
                .with(PoolEndpoint.of("a", 4), PoolEndpoint.of("b", 4));
    }

    private static FakeCall ask(PoolFixture pool, String id) {
        return pool.route(new FakeCall(InferenceRequest.of(id, "m", "chat").withPrompt(PROMPT)));
    }

    private static RequestRouter mostCached() {
        return new RequestRouter() {
            @Override
            public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                int best = 0;
                for (int i = 1; i < candidates.size(); i++) {
                    if (candidates.cachedTokens(i) > candidates.cachedTokens(best)) {
                        best = i;
                    }
                }
                ranks.add(best);
            }

            @Override
            public Set<Need> needs() {
                return Set.of(Need.PREFIX);
            }
        };
    }
}
