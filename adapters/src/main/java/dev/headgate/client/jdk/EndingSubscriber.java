package dev.headgate.client.jdk;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;

/** Passes a body on and tells when nothing of it follows, whichever side ended it. */
final class EndingSubscriber implements Flow.Subscriber<List<ByteBuffer>> {
    private final Flow.Subscriber<List<ByteBuffer>> target;
    private final Runnable ended;

    EndingSubscriber(Flow.Subscriber<List<ByteBuffer>> target, Runnable ended) {
        this.target = target;
        this.ended = ended;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        target.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                subscription.request(count);
            }

            @Override
            public void cancel() {
                subscription.cancel();
                ended.run();
            }
        });
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        target.onNext(piece);
    }

    @Override
    public void onError(Throwable failure) {
        ended.run();
        target.onError(failure);
    }

    @Override
    public void onComplete() {
        ended.run();
        target.onComplete();
    }
}
