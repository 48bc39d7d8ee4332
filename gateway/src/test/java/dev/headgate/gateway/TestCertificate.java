package dev.headgate.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A self-signed certificate, made by the JDK's keytool for one test class. */
public final class TestCertificate implements AutoCloseable {
    private static final char[] PASSWORD = "password".toCharArray();

    private final Path folder;
    private final KeyStore store;

    /** Makes one for {@code names}, as in {@code ip:127.0.0.1,dns:localhost}. */
    public TestCertificate(String names) {
        try {
            folder = Files.createTempDirectory("headgate-certificate");
            Path file = folder.resolve("store.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "test",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=test",
                            "-ext",
                            "san=" + names,
                            "-ext",
                            "bc=ca:true",
                            "-validity",
                            "2",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new AssertionError("keytool: " + said);
            }
            store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.writeString(file(), pem("CERTIFICATE", certificate().getEncoded()));
            Files.writeString(keyFile(), pem("PRIVATE KEY", key().getEncoded()));
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    /** Returns the certificate in PEM. */
    public Path file() {
        return folder.resolve("certificate.pem");
    }

    /** Returns its key in PEM. */
    public Path keyFile() {
        return folder.resolve("key.pem");
    }

    /** Returns the certificate. */
    public X509Certificate certificate() throws GeneralSecurityException {
        return (X509Certificate) Objects.requireNonNull(store.getCertificate("test"));
    }

    /** Returns its key. */
    public PrivateKey key() throws GeneralSecurityException {
        return (PrivateKey) Objects.requireNonNull(store.getKey("test", PASSWORD));
    }

    /** Returns a socket that listens on loopback and speaks TLS, without ALPN. */
    public SSLServerSocket serverSocket() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
