package dev.headgate.app;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that reach Headgate over TLS: with HTTP/1.1, with the HTTP/2 that those of Java choose, and with a key that the
 * Azure SDK shows nowhere else.
 */
class TlsClientsTest {
    private static final Set<PeerClient> CLIENTS =
            EnumSet.of(PeerClient.OPENAI, PeerClient.OPENAI_JAVA, PeerClient.LANGCHAIN4J, PeerClient.AZURE_OPENAI);

    private static @Nullable ClientWorld started;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        started = ClientWorld.startWithTls(folder, CLIENTS);
    }

    @AfterAll
    static void stop() throws IOException {
        if (started != null) {
            started.close();
        }
    }

    static Set<PeerClient> clients() {
        return CLIENTS;
    }

    @ParameterizedTest
    @MethodSource("clients")
    void chatIsAnsweredWithTheWholeText(PeerClient client) throws InterruptedException {
        PlainActions.assertChat(requireNonNull(started), client);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void streamArrivesPieceByPieceAndWhole(PeerClient client) throws InterruptedException {
        PlainActions.assertStream(requireNonNull(started), client);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void everyTextGetsItsVector(PeerClient client) throws InterruptedException {
        PlainActions.assertVectors(requireNonNull(started), client);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void providerSeesThatAClientHasCancelled(PeerClient client) throws InterruptedException {
        PlainActions.assertCancelled(requireNonNull(started), client);
    }
}
