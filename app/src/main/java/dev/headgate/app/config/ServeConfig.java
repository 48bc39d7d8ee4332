package dev.headgate.app.config;

/**
 * What {@code headgate serve} is told by its configuration file and its flags.
 *
 * @param pool the name of the one pool, whose endpoints are the dispatcher's workers
 * @param insecure whether callers and workers from other machines may come without a token
 */
public record ServeConfig(ListenConfig listen, String pool, DispatchConfig dispatch, boolean insecure) {
    /** What holds without a file. */
    public static final ServeConfig DEFAULT =
            new ServeConfig(ListenConfig.DEFAULT, "embeddings", DispatchConfig.DEFAULT, false);
}
