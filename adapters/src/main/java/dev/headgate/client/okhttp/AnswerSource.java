package dev.headgate.client.okhttp;

import dev.headgate.client.ClientResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import okio.Buffer;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as the application reads it. Whoever reads does the work that brings more, so nothing is read of a
 * server ahead of the application.
 */
final class AnswerSource implements Source, Flow.Subscriber<List<ByteBuffer>> {
    private final ClientResponse response;
    private final CallerTransport transport;
    private final Buffer arrived = new Buffer(); // the reader's, as is all below
    private boolean isOver;
    private @Nullable Throwable failure;
    private volatile boolean isClosed;

    AnswerSource(ClientResponse response, CallerTransport transport) {
        this.response = response;
        this.transport = transport;
        response.body().subscribe(this);
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        while (arrived.size() == 0) {
            if (isClosed) {
                throw new IOException("closed");
            }
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            if (isOver) {
                return -1;
            }
            bringMore();
        }
        return arrived.read(sink, byteCount);
    }

    private void bringMore() throws IOException {
        boolean isBrought = false;
        try {
            transport.runNext();
            isBrought = true;
        } finally {
            if (!isBrought) {
                close();
            }
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        for (ByteBuffer each : piece) {
            arrived.write(each.array(), each.arrayOffset() + each.position(), each.remaining());
        }
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public void onComplete() {
        isOver = true;
    }

    /** Returns no limit: those of attempts, and of the call, are kept elsewhere. */
    @Override
    public Timeout timeout() {
        return Timeout.NONE;
    }

    /** Gives the rest up; from any thread. */
    @Override
    public void close() {
        isClosed = true;
        response.close();
    }
}
