package dev.headgate.core.signal;

/**
 * How long an engine takes, as linear as it can be said: with {@code u} uncached tokens of a prompt behind {@code hit} cached
 * ones, {@code P} tokens before it, {@code n} requests and {@code C} resident tokens, the first token takes
 * {@code c0 + s·(P + u) + a·u·(hit + u/2)} seconds and each further one {@code d0 + d1·n + d2·C}.
 *
 * @param fixedSeconds c0
 * @param tokenSeconds s, of a prompt token
 * @param pairSeconds a, of a prompt token attending to another
 * @param stepSeconds d0
 * @param requestSeconds d1
 * @param residentSeconds d2
 * @param samples the observations behind it; 0 = a prior
 */
public record EngineModel(
        double fixedSeconds,
        double tokenSeconds,
        double pairSeconds,
        double stepSeconds,
        double requestSeconds,
        double residentSeconds,
        long samples) {
    /** An 8-billion-parameter model on one H100, routing.md §6: good enough to compare equal endpoints by. */
    public static final EngineModel PRIOR = new EngineModel(0.0148, 22.2e-6, 1.31e-9, 6.84e-3, 4.4e-6, 0.0762e-6, 0);

    /** Returns the seconds that {@code uncached} tokens behind {@code hit} cached ones take alone. */
    public double prefillSeconds(long uncached, long hit) {
        return tokenSeconds * uncached + pairSeconds * uncached * (hit + uncached / 2.0);
    }

    /** Returns the seconds to the first token behind {@code pending} tokens of others. */
    public double ttftSeconds(long pending, long uncached, long hit) {
        return fixedSeconds + tokenSeconds * pending + prefillSeconds(uncached, hit);
    }

    /** Returns the seconds per output token among {@code requests} with {@code resident} tokens in all. */
    public double tpotSeconds(int requests, long resident) {
        return stepSeconds + requestSeconds * requests + residentSeconds * resident;
    }
}
