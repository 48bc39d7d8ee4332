package dev.headgate.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.app.ClientAction.Seen;
import dev.headgate.lab.provider.CanonicalAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Unmodified clients of eight makers do through Headgate what clients do, and keep their answers when streams break. */
class RealClientsTest {
    /** Those that read chat streams; the others are of the same makers. */
    private static final Set<PeerClient> STREAM_READERS = EnumSet.of(
            PeerClient.OPENAI,
            PeerClient.LANGCHAIN,
            PeerClient.AI_CHAT,
            PeerClient.PYTHON_OPENAI,
            PeerClient.OPENAI_JAVA,
            PeerClient.LANGCHAIN4J,
            PeerClient.SPRING_AI);

    private static @Nullable ClientWorld started;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException {
        started = ClientWorld.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        if (started != null) {
            started.close();
        }
    }

    private static ClientWorld world() {
        return requireNonNull(started);
    }

    @ParameterizedTest
    @EnumSource
    void chatIsAnsweredWithTheWholeText(PeerClient client) throws InterruptedException {
        PlainActions.assertChat(world(), client);
    }

    @ParameterizedTest
    @EnumSource
    void streamArrivesPieceByPieceAndWhole(PeerClient client) throws InterruptedException {
        PlainActions.assertStream(world(), client);
    }

    @ParameterizedTest
    @EnumSource
    void everyTextGetsItsVector(PeerClient client) throws InterruptedException {
        PlainActions.assertVectors(world(), client);
    }

    @ParameterizedTest
    @EnumSource
    void providerSeesThatAClientHasCancelled(PeerClient client) throws InterruptedException {
        PlainActions.assertCancelled(world(), client);
    }

    static Stream<Arguments> brokenStreams() {
        return STREAM_READERS.stream()
                .flatMap(client -> Stream.of(StreamFault.values()).map(fault -> Arguments.of(client, fault)));
    }

    @ParameterizedTest
    @MethodSource("brokenStreams")
    void streamThatBreaksIsWholeForItsReader(PeerClient client, StreamFault fault) throws InterruptedException {
        Seen seen = world().seen(client, fault);
        assertThat(seen.error()).isEmpty();
        assertThat(seen.text()).isEqualTo(CanonicalAnswer.TEXT);
        assertThat(seen.finish()).isEqualTo("stop");
        assertThat(seen.tokens()).isEqualTo(CanonicalAnswer.TOKENS.size());
    }

    static Stream<PeerClient> streamReaders() {
        return STREAM_READERS.stream();
    }

    @ParameterizedTest
    @MethodSource("streamReaders")
    void streamThatCannotBeSavedIsAnErrorWithAMessage(PeerClient client) throws InterruptedException {
        Seen seen = world().unsaved(client);
        assertThat(CanonicalAnswer.TEXT).startsWith(seen.text());
        assertThat(seen.pieces()).isEqualTo(40);
        assertThat(seen.error()).contains("answer broke off");
    }
}
