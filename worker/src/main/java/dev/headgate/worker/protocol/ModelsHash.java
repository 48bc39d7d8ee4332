package dev.headgate.worker.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A fingerprint of the set of ready models, by which dispatcher and worker notice that they disagree.
 *
 * <p>The XOR over all ready models of the first eight bytes, little-endian, of SHA-256("label:version"). The order does
 * not matter, and adding the same model twice removes it, so adding and removing are one operation. Not thread-safe.
 */
public final class ModelsHash {
    private long value;

    /** Adds the model if it is absent, removes it if it is present. */
    public void toggle(String label, String version) {
        value ^= of(label, version);
    }

    /** Returns the fingerprint; zero for the empty set. */
    public long value() {
        return value;
    }

    /** Returns the fingerprint of the set that holds only this model. */
    public static long of(String label, String version) {
        byte[] digest = sha256().digest((label + ":" + version).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
