package dev.headgate.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the names of files that hold what TLS needs, and looks whether they do. */
final class Pem {
    /** A bundle of all public authorities has a quarter of a megabyte. */
    private static final long LARGEST_BYTES = 4 << 20;

    /** What Netty reads without a further library. */
    private static final String KEY = "-----BEGIN PRIVATE KEY-----";

    private static final String CERTIFICATES_EXPECTED = "a readable file with certificates in PEM";
    private static final String KEY_EXPECTED = "a readable file with a private key in PEM, PKCS #8 without a password";

    private Pem() {}

    /** Returns the file of a key that may be missing. */
    static Optional<Path> certificates(Section section, String key) {
        return section.optional(key, kind(section, CERTIFICATES_EXPECTED, Pem::holdsCertificates));
    }

    static Optional<Path> requiredCertificates(Section section, String key) {
        return section.required(key, kind(section, CERTIFICATES_EXPECTED, Pem::holdsCertificates));
    }

    static Optional<Path> requiredPrivateKey(Section section, String key) {
        return section.required(key, kind(section, KEY_EXPECTED, Pem::holdsPrivateKey));
    }

    private static Kind<Path> kind(Section section, String expected, Predicate<Path> test) {
        return section.reading().path(expected, file -> checked(section, file, test));
    }

    private static Optional<Path> checked(Section section, Path file, Predicate<Path> test) {
        section.reading().uses(file);
        return Files.isRegularFile(file) && file.toFile().length() <= LARGEST_BYTES && test.test(file)
                ? Optional.of(file)
                : Optional.empty();
    }

    private static boolean holdsCertificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty();
        } catch (IOException | CertificateException e) {
            return false;
        }
    }

    private static boolean holdsPrivateKey(Path file) {
        try {
            return Files.readString(file).contains(KEY);
        } catch (IOException e) {
            return false;
        }
    }
}
