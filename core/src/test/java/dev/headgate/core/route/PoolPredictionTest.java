package dev.headgate.core.route;

import static dev.headgate.core.route.PoolFixture.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Outcome;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.request.Usage;
import dev.headgate.core.signal.EngineModel;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What attempts take is learned, for routers that read predictions. */
class PoolPredictionTest {
    @Test
    void anEndpointThatIsThreeTimesSlowerIsPredictedToBe() {
        PoolFixture pool =
                new PoolFixture(PoolSettings.DEFAULTS, inTurn()).with(PoolEndpoint.of("a", 0), PoolEndpoint.of("b", 0));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 400; i++) {
            serve(pool, random.nextInt(100, 8_000), 20 + random.nextInt(100));
        }
        Candidates candidates = pool.pool.candidates();
        double fast = candidates.engine(0).ttftSeconds(0, 4_000, 0);
        double slow = candidates.engine(1).ttftSeconds(0, 4_000, 0);
        assertThat(fast).isCloseTo(EngineModel.PRIOR.ttftSeconds(0, 4_000, 0), within(0.02));
        assertThat(slow / fast).isBetween(2.5, 3.5);
        assertThat(candidates.engine(1).tpotSeconds(1, 1_000)
                        / candidates.engine(0).tpotSeconds(1, 1_000))
                .isBetween(2.5, 3.5);
    }

    private static void serve(PoolFixture pool, int tokens, int answer) {
        FakeCall call = pool.route(
                new FakeCall(InferenceRequest.of("r", "m", "chat").withPrompt(new Prompt(tokens, 64, new long[0]))));
        double factor = PoolFixture.where(call).equals("b") ? 3 : 1;
        double first = factor * EngineModel.PRIOR.ttftSeconds(0, tokens, 0);
        pool.ticker.set(pool.ticker.nanos() + (long) (first * 1e9));
        lease(call).firstToken();
        double later = factor * EngineModel.PRIOR.tpotSeconds(1, tokens) * (answer - 1);
        pool.ticker.set(pool.ticker.nanos() + (long) (later * 1e9));
        lease(call).complete(new Outcome.Completed(new Usage(tokens, answer), 0));
    }

    private static RequestRouter inTurn() {
        return new RequestRouter() {
            private int next;

            @Override
            public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                assertThat(candidates.predictedTtft(0)).isPositive();
                ranks.add(next++ % candidates.size());
            }

            @Override
            public Set<Need> needs() {
                return Set.of(Need.PREDICTION);
            }
        };
    }
}
