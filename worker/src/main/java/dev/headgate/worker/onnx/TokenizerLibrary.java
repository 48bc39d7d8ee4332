package dev.headgate.worker.onnx;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import dev.headgate.worker.engine.LoadFailure;
import java.nio.file.Path;

/**
 * Settings of the tokenizers' native library, which it reads when its first class is used.
 *
 * <p>It unpacks itself into a folder, by default in the user's home. It must not look for other builds of itself on the
 * network, look for a GPU, or report its use.
 */
final class TokenizerLibrary {
    private TokenizerLibrary() {}

    /** Points the library at a folder below {@code cacheRoot}; a value that is already set stays. */
    static void prepare(Path cacheRoot) {
        setIfAbsent("ENGINE_CACHE_DIR", cacheRoot.resolve("native").toString());
        setIfAbsent("RUST_FLAVOR", "cpu");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.offline", "true");
    }

    /** Loads the library, unpacking it if need be; the second time costs nothing. */
    static void load(String label) throws LoadFailure {
        try {
            LibUtils.checkStatus();
        } catch (EngineException | LinkageError e) {
            throw LoadFailure.permanent(
                    "model " + label + ": the tokenizers' native library does not load from "
                            + System.getProperty("ENGINE_CACHE_DIR") + " (" + e.getMessage()
                            + "); check that the folder can be written and that this platform is supported",
                    e);
        }
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
