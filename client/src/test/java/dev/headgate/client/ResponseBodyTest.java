package dev.headgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ResponseBodyTest {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int PIECES = 1000;

    /** Has each piece at hand when it is asked for it. */
    private static final class Prompt implements Transport {
        @Override
        public Exchange send(Outgoing request, Receiver receiver) {
            AtomicInteger told = new AtomicInteger();
            receiver.answered(
                    200, Fields.builder().add("content-type", "audio/mpeg").build());
            return new Exchange() {
                @Override
                public void more() {
                    if (told.incrementAndGet() <= PIECES) {
                        receiver.content(List.of(ByteBuffer.wrap(new byte[PIECE_BYTES])));
                    } else {
                        receiver.ended();
                    }
                }

                @Override
                public void cancel() {
                    told.set(PIECES);
                }
            };
        }

        @Override
        public void close() {}
    }

    private abstract static class Reader implements Flow.Subscriber<List<ByteBuffer>> {
        final CompletableFuture<String> ended = new CompletableFuture<>();

        @SuppressWarnings("NullAway.Init") // the first that a subscriber is told
        Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete("failed");
        }

        @Override
        public void onComplete() {
            ended.complete("whole");
        }
    }

    private static FailoverClient client() {
        return FailoverClient.builder()
                .transport(new Prompt())
                .backends(Backend.of("http://127.0.0.1:1", 1))
                .build();
    }

    private static ResponseBody body(FailoverClient client) throws IOException {
        return client.send(ClientRequest.post("/v1/audio/speech", "{\"model\":\"m\"}"))
                .body();
    }

    /** Waits until nothing is in flight, which the time limit bounds. */
    private static void awaitQuiet(FailoverClient client) {
        while (client.inFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aSubscriberGetsNoMoreAtOnceThanIsHeld() throws Exception {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();
        Reader reader = new Reader() {
            @Override
            public void onNext(List<ByteBuffer> piece) {
                int bytes = piece.stream().mapToInt(ByteBuffer::remaining).sum();
                most.accumulateAndGet(bytes, Math::max);
                all.addAndGet(bytes);
                subscription.request(1);
            }
        };
        try (FailoverClient client = client()) {
            body(client).subscribe(reader);
            assertThat(reader.ended.get(20, TimeUnit.SECONDS)).isEqualTo("whole");
        }
        assertThat(all).hasValue(PIECES * PIECE_BYTES);
        assertThat(most.get()).isLessThanOrEqualTo(512 * 1024);
    }

    @Test
    void aSubscriberThatCancelsHearsNothingMore() throws Exception {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        Reader reader = new Reader() {
            @Override
            public void onNext(List<ByteBuffer> piece) {
                subscription.request(10);
                subscription.cancel();
                cancelled.complete(null);
            }
        };
        try (FailoverClient client = client()) {
            body(client).subscribe(reader);
            cancelled.get(10, TimeUnit.SECONDS);
            assertThat(reader.ended
                            .completeOnTimeout("nothing", 300, TimeUnit.MILLISECONDS)
                            .get())
                    .isEqualTo("nothing");
            awaitQuiet(client);
        }
    }

    @Test
    void aSubscriberThatThrowsHearsThatItIsOver() throws Exception {
        Reader reader = new Reader() {
            @Override
            public void onNext(List<ByteBuffer> piece) {
                throw new IllegalStateException("full");
            }
        };
        try (FailoverClient client = client()) {
            body(client).subscribe(reader);
            assertThat(reader.ended.get(5, TimeUnit.SECONDS)).isEqualTo("failed");
            awaitQuiet(client);
        }
    }
}
