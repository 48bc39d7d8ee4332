package dev.headgate.lab.policy;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.LowestCostRouter;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.PolicyParameters;
import dev.headgate.core.pick.RouterSetup;
import java.util.Set;

/**
 * {@code dynamo}: the smallest s·max(P ÷ B + ⌈L ÷ B⌉ − hit ÷ B, 0) + D + w·n in blocks of B tokens, where D are the blocks
 * that decode there if the request comes. With {@code temperature} t above 0, blocks ÷ their range are drawn by a softmax, as
 * the largest of cost ÷ t and Gumbel noise. NVIDIA Dynamo's KV router.
 *
 * <p>D counts the prompt's blocks that others on the endpoint share once: a hit is not counted again. Blocks that decoding
 * requests share among each other are counted each time, since candidates tell tokens and not blocks; so is what is on the
 * host or on disk, which they do not tell.
 */
final class DynamoRouter extends LowestCostRouter {
    static final PolicyParameters PARAMETERS = PolicyParameters.none()
            .number("prefill", 1, 0, 1000)
            .number("requests", 0, 0, 1000)
            .number("temperature", 0, 0, 100);

    private double prefill;
    private double requests;
    private double temperature;
    private double least;
    private double range;

    @Override
    protected void configure(RouterSetup setup) {
        PolicyParameters.Values values = PARAMETERS.read(setup.parameters());
        prefill = values.number("prefill");
        requests = values.number("requests");
        temperature = values.number("temperature");
    }

    @Override
    protected void prepare(Candidates candidates, PendingRequest request, boolean onlyAvailable) {
        if (temperature == 0) {
            return;
        }
        least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < candidates.size(); i++) {
            double blocks = blocks(candidates, request, i);
            least = Math.min(least, blocks);
            most = Math.max(most, blocks);
        }
        range = Math.max(1e-9, most - least);
    }

    @Override
    protected double cost(Candidates candidates, PendingRequest request, int index) {
        double blocks = blocks(candidates, request, index);
        if (temperature == 0) {
            return blocks;
        }
        double noise = -Math.log(-Math.log(Math.max(1e-300, random().nextDouble())));
        return (blocks - least) / range / temperature - noise;
    }

    @Override
    public void explain(Candidates candidates, PendingRequest request, int index, Terms terms) {
        terms.term("blocks", blocks(candidates, request, index));
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.PREFIX);
    }

    private double blocks(Candidates candidates, PendingRequest request, int index) {
        double blockTokens = request.request().prompt().blockTokens();
        int tokens = request.request().prompt().tokens();
        double hit = hit(candidates, request, index) / blockTokens;
        double prompt = Math.ceil(tokens / blockTokens);
        double compute = Math.max(candidates.pendingTokens(index) / blockTokens + prompt - hit, 0);
        double decode = candidates.residentTokens(index) / blockTokens + prompt - hit;
        return prefill * compute + decode + requests * candidates.ongoing(index);
    }
}
