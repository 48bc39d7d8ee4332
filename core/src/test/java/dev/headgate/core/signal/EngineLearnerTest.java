package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.core.testing.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EngineLearnerTest {
    /** The steps of simulator.md §5, in µs. */
    private static final double WEIGHTS = 6_710;

    @Test
    void halfOfThePredictionsAreCloseAfterTwoHundredRequests() {
        for (double speed : new double[] {1, 0.6, 0.34, 2}) {
            Seeds.each(10, seed -> {
                SplittableRandom random = new SplittableRandom(seed);
                EngineLearner endpoint = EngineLearner.ofPool(EngineModel.PRIOR).endpoint();
                for (int i = 0; i < 200; i++) {
                    new Sample(random).teach(endpoint, speed, random);
                }
                double[] first = new double[400];
                double[] later = new double[400];
                for (int i = 0; i < first.length; i++) {
                    Sample sample = new Sample(random);
                    first[i] = Math.abs(sample.predictedFirst(endpoint.model()) / sample.first(speed) - 1);
                    later[i] = Math.abs(sample.predictedLater(endpoint.model()) / sample.later(speed) - 1);
                }
                assertThat(median(first)).as("TTFT at speed %s", speed).isLessThanOrEqualTo(0.15);
                assertThat(median(later)).as("TPOT at speed %s", speed).isLessThanOrEqualTo(0.10);
            });
        }
    }

    @Test
    void modelOfThePoolIsUsedUntilTheTwentiethObservation() {
        EngineLearner pool = EngineLearner.ofPool(EngineModel.PRIOR);
        EngineLearner busy = pool.endpoint();
        EngineLearner fresh = pool.endpoint();
        assertThat(fresh.model()).isSameAs(EngineModel.PRIOR);

        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            new Sample(random).teach(busy, 0.5, random);
        }
        assertThat(fresh.model()).isSameAs(pool.model());
        assertThat(pool.model().tokenSeconds()).isCloseTo(44.4e-6, within(8e-6));

        for (int i = 0; i < 19; i++) {
            new Sample(random).teach(fresh, 2, random);
        }
        assertThat(fresh.model()).isSameAs(pool.model());
        new Sample(random).teach(fresh, 2, random);
        assertThat(fresh.model()).isNotSameAs(pool.model());
        assertThat(fresh.model().samples()).isEqualTo(20);
    }

    @Test
    void coefficientsStayWithinFourTimesOfWhatTheyStandOnWhateverIsObserved() {
        Seeds.each(100, seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            EngineLearner variant = EngineLearner.ofPool(EngineModel.PRIOR).variant();
            EngineLearner endpoint = variant.endpoint();
            EngineLearner other = variant.endpoint();
            for (int i = 0; i < 300; i++) {
                double seconds = Math.exp(random.nextDouble(-20, 20));
                endpoint.firstToken(random.nextInt(100), random.nextInt(100_000), random.nextInt(100_000), seconds);
                endpoint.laterTokens(random.nextInt(100), random.nextInt(1_000_000), seconds);
                other.firstToken(0, 1 + random.nextInt(5), 0, random.nextInt(3) == 0 ? Double.NaN : 0.01);
                other.laterTokens(1, 100, 0.01);
            }
            double[] base = ratios(variant.model());
            for (EngineModel model : new EngineModel[] {endpoint.model(), other.model()}) {
                double[] own = ratios(model);
                for (int i = 0; i < base.length; i++) {
                    assertThat(own[i] / base[i]).isBetween(0.25 - 1e-9, 4 + 1e-9);
                }
            }
        });
    }

    @Test
    void whatIsNotObservedStaysAtThePrior() {
        EngineLearner endpoint = EngineLearner.ofPool(EngineModel.PRIOR).endpoint();
        for (int i = 0; i < 5000; i++) {
            endpoint.laterTokens(0, 0, 0.02);
        }
        EngineModel model = endpoint.model();
        assertThat(model.stepSeconds()).isCloseTo(0.02, within(0.001));
        assertThat(model.residentSeconds()).isEqualTo(EngineModel.PRIOR.residentSeconds());
        assertThat(model.tokenSeconds()).isEqualTo(EngineModel.PRIOR.tokenSeconds());
    }

    @Test
    void engineThatSlowsDownIsNoticed() {
        SplittableRandom random = new SplittableRandom(3);
        EngineLearner pool = EngineLearner.ofPool(EngineModel.PRIOR);
        EngineLearner slowing = pool.endpoint();
        EngineLearner other = pool.endpoint();
        for (int i = 0; i < 300; i++) {
            new Sample(random).teach(slowing, 1, random);
            new Sample(random).teach(other, 1, random);
        }
        for (int i = 0; i < 200; i++) {
            new Sample(random).teach(slowing, 1 / 3.0, random);
        }
        assertThat(slowing.model().prefillSeconds(8000, 0))
                .isGreaterThan(1.7 * other.model().prefillSeconds(8000, 0));
    }

    private static double[] ratios(EngineModel model) {
        EngineModel prior = EngineModel.PRIOR;
        return new double[] {
            model.fixedSeconds() / prior.fixedSeconds(),
            model.tokenSeconds() / prior.tokenSeconds(),
            model.pairSeconds() / prior.pairSeconds(),
            model.stepSeconds() / prior.stepSeconds(),
            model.requestSeconds() / prior.requestSeconds(),
            model.residentSeconds() / prior.residentSeconds()
        };
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** One request on an engine that runs others beside it. */
    private static final class Sample {
        private final int pending;
        private final int uncached;
        private final int hit;
        private final int requests;
        private final long resident;

        Sample(SplittableRandom random) {
            pending = random.nextInt(3) == 0 ? random.nextInt(20_000) : 0;
            uncached = (int) Math.exp(random.nextDouble(4, 10.3));
            hit = random.nextBoolean() ? 0 : random.nextInt(12_000);
            requests = random.nextInt(64);
            resident = requests * (long) (500 + random.nextInt(4000));
        }

        void teach(EngineLearner learner, double speed, SplittableRandom random) {
            learner.firstToken(pending, uncached, hit, first(speed) * (1 + 0.05 * random.nextGaussian()));
            learner.laterTokens(requests, resident, later(speed) * (1 + 0.05 * random.nextGaussian()));
        }

        double predictedFirst(EngineModel model) {
            return model.ttftSeconds(pending, uncached, hit);
        }

        double predictedLater(EngineModel model) {
            return model.tpotSeconds(requests, resident);
        }

        /** Chunks of 8,192 tokens, those of others first, and what the API takes. */
        double first(double speed) {
            double micros = 0;
            int others = pending;
            int done = 0;
            while (done < uncached) {
                int budget = 8192 - requests;
                int theirs = Math.min(others, budget);
                int chunk = Math.min(uncached - done, budget - theirs);
                double pairs = theirs * (theirs / 2.0) + chunk * (hit + done + chunk / 2.0);
                micros += step(requests + theirs + chunk, pairs);
                others -= theirs;
                done += chunk;
            }
            return micros / 1e6 / speed + 0.008;
        }

        double later(double speed) {
            return step(requests, 0) / 1e6 / speed;
        }

        private double step(int tokens, double pairs) {
            return 126
                    + Math.sqrt(WEIGHTS * WEIGHTS + 22.2 * 22.2 * tokens * tokens)
                    + 1.31e-3 * pairs
                    + 0.0762 * resident
                    + 4.4 * requests;
        }
    }
}
