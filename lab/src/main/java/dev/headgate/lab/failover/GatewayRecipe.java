package dev.headgate.lab.failover;

import java.net.URI;
import java.util.List;

/**
 * What a gateway must be configured with to play: the provider's URL and, for each lane, a model that falls back to
 * another.
 */
public final class GatewayRecipe {
    /** Some gateways keep back a request that is too long for a model, so the fallback must be known to be larger. */
    private static final int PRIMARY_TOKENS = 8_192;

    private static final int FALLBACK_TOKENS = 131_072;

    private final URI provider;
    private final List<LaneModels> models;

    GatewayRecipe(URI provider, List<LaneModels> models) {
        this.provider = provider;
        this.models = List.copyOf(models);
    }

    /** Returns where the provider is, without a path. */
    public String providerUrl() {
        return provider.toString();
    }

    /** Returns the configuration file of a Headgate that listens on any free port, with the defaults of every setting. */
    public String headgateConfig() {
        StringBuilder routes = new StringBuilder();
        StringBuilder pools = new StringBuilder();
        for (LaneModels lane : models) {
            routes.append("  - {models: [%1$s], pool: %1$s, fallbacks: [{model: %2$s, pool: %2$s}]}%n"
                    .formatted(lane.primary(), lane.fallback()));
            pools.append(pool(lane.primary(), PRIMARY_TOKENS)).append(pool(lane.fallback(), FALLBACK_TOKENS));
        }
        return """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                routes:
                %spools:
                %s""".formatted(routes, pools);
    }

    /** Returns what to tell whoever configures another gateway. */
    public String inWords() {
        StringBuilder words = new StringBuilder();
        words.append("Provider of all models: %s/v1 (OpenAI's API, any key)%n".formatted(provider));
        words.append("Each model on the left must fall back to the one on its right, with at most 2 retries and 30 s in"
                + " all:\n");
        for (LaneModels lane : models) {
            words.append("  %-24s %s%n".formatted(lane.primary(), lane.fallback()));
        }
        return words.toString();
    }

    private String pool(String model, int contextTokens) {
        return "  %1$s: {backends: [{id: %1$s, url: \"%2$s\", limits: {contextTokens: %3$d}}]}%n"
                .formatted(model, provider, contextTokens);
    }
}
