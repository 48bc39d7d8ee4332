package dev.headgate.gateway.upstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Certificates that are trusted, as a file was when it was looked at. With other contents it is another one, so that
 * connections made under the old contents are not shared.
 *
 * @param path certificates in PEM
 * @param digest of the contents; empty if they could not be read, which is told to whoever connects
 */
public record TrustedFile(Path path, String digest) {
    /** Looks at the file; blocks. */
    static TrustedFile at(Path path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
            return new TrustedFile(path, HexFormat.of().formatHex(digest));
        } catch (IOException e) {
            return new TrustedFile(path, "");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
