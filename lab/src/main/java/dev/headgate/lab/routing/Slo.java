package dev.headgate.lab.routing;

/**
 * What an answer must keep to count as good.
 *
 * @param ttftMicros the most from arrival to the first token; {@link #AUTO} = by the length of the prompt
 * @param tpotMicros the most per further token
 */
public record Slo(long ttftMicros, long tpotMicros) {
    /** Half a second and a quarter of a millisecond per prompt token. */
    public static final long AUTO = -1;

    /** Two seconds and 50 ms. */
    public static final Slo DEFAULT = new Slo(2_000_000, 50_000);

    private static final double AUTO_FIXED_MICROS = 500_000;
    private static final double AUTO_TOKEN_MICROS = 250;

    /** Returns whether an answer to {@code input} tokens was good. */
    boolean isMet(int input, double ttft, double tpot) {
        double most = ttftMicros == AUTO ? AUTO_FIXED_MICROS + AUTO_TOKEN_MICROS * input : ttftMicros;
        return ttft <= most && tpot <= tpotMicros;
    }
}
