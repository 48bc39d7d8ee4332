package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.app.ClientAction.Seen;
import dev.headgate.app.ClientAction.Verb;
import dev.headgate.lab.provider.CanonicalAnswer;
import dev.headgate.lab.provider.Try;
import java.time.Duration;
import java.util.List;

/** What must come of a client's actions where nothing goes wrong. */
final class PlainActions {
    /** The gateway has 100 ms, and whatever starts beside it on two processors the rest: half of what the stream takes. */
    private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(15);

    private PlainActions() {}

    static void assertChat(ClientWorld world, PeerClient client) throws InterruptedException {
        Seen seen = world.seen(client, Verb.CHAT);
        assertThat(seen.error()).isEmpty();
        assertThat(seen.text()).isEqualTo(CanonicalAnswer.TEXT);
    }

    static void assertStream(ClientWorld world, PeerClient client) throws InterruptedException {
        Seen seen = world.seen(client, Verb.STREAM);
        assertThat(seen.error()).isEmpty();
        assertThat(seen.text()).isEqualTo(CanonicalAnswer.TEXT);
        assertThat(seen.pieces()).isEqualTo(CanonicalAnswer.TOKENS.size());
        assertThat(seen.finish()).isEqualTo("stop");
        assertThat(seen.model()).isEqualTo("stream-" + client.word());
        if (client != PeerClient.AZURE_OPENAI) { // which does not ask for it
            assertThat(seen.tokens()).isEqualTo(CanonicalAnswer.TOKENS.size());
        }
    }

    static void assertVectors(ClientWorld world, PeerClient client) throws InterruptedException {
        Seen seen = world.seen(client, Verb.EMBED);
        assertThat(seen.error()).isEmpty();
        assertThat(seen.vectors())
                .hasSize(2)
                .allSatisfy(vector -> assertThat(vector).isNotEmpty());
    }

    static void assertCancelled(ClientWorld world, PeerClient client) throws InterruptedException {
        Seen seen = world.seen(client, Verb.CANCEL);
        assertThat(seen.error()).isEmpty();
        assertThat(seen.pieces()).isEqualTo(1);
        Eventually.until(
                client + " is seen to have cancelled",
                CANCELLED_WITHIN,
                () -> world.tries(client, Verb.CANCEL).stream().anyMatch(one -> one.state() == Try.State.CALLER_GONE));
        List<Try> tries = world.tries(client, Verb.CANCEL);
        assertThat(tries).hasSize(1);
        long wallMillis = System.currentTimeMillis() - System.nanoTime() / 1_000_000;
        assertThat(wallMillis + tries.getFirst().endedNanos() / 1_000_000 - seen.cancelledAtMillis())
                .as("milliseconds from the cancellation to the close that the provider sees")
                .isLessThan(CANCELLED_WITHIN.toMillis());
    }
}
