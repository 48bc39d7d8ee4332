package dev.headgate.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher publishes, as a stream: subscribed to with the first read, and asked for one buffer at a time. Read by one
 * thread, closed by any.
 */
final class PublishedContent extends InputStream implements Flow.Subscriber<ByteBuffer> {
    private final Flow.Publisher<? extends ByteBuffer> publisher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>(1); // guarded by lock, as is all below
    private Flow.@Nullable Subscription subscription;
    private @Nullable Throwable failure;
    private boolean isSubscribed;
    private boolean isAskedFor;
    private boolean isEnded;
    private boolean isClosed;

    PublishedContent(Flow.Publisher<? extends ByteBuffer> publisher) {
        this.publisher = publisher;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        subscribe();
        while (true) {
            Flow.Subscription asked;
            lock.lock();
            try {
                ByteBuffer next = next();
                while (next == null && !isEnded && (isAskedFor || subscription == null)) {
                    news.await();
                    next = next();
                }
                if (next != null) {
                    int count = Math.min(length, next.remaining());
                    next.get(target, offset, count);
                    return count;
                }
                if (isEnded) {
                    return -1;
                }
                isAskedFor = true;
                asked = subscription;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while the body was read").initCause(e);
            } finally {
                lock.unlock();
            }
            if (asked != null) {
                asked.request(1); // without the lock, as a publisher may answer at once
            }
        }
    }

    private void subscribe() {
        lock.lock();
        try {
            if (isSubscribed) {
                return;
            }
            isSubscribed = true;
        } finally {
            lock.unlock();
        }
        publisher.subscribe(this);
    }

    private @Nullable ByteBuffer next() throws IOException {
        if (isClosed) {
            throw new IOException("the request was given up while its body was read");
        }
        while (!buffers.isEmpty()) {
            ByteBuffer first = buffers.element();
            if (first.hasRemaining()) {
                return first;
            }
            buffers.remove();
        }
        Throwable broken = failure;
        if (broken != null) {
            throw new IOException("the request's body broke off: " + broken.getMessage(), broken);
        }
        return null;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        boolean isUnwanted;
        lock.lock();
        try {
            isUnwanted = isClosed || subscription != null;
            if (!isUnwanted) {
                subscription = given;
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (isUnwanted) {
            given.cancel();
        }
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        lock.lock();
        try {
            isAskedFor = false;
            if (!isClosed) {
                buffers.add(buffer);
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable thrown) {
        end(thrown);
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable thrown) {
        lock.lock();
        try {
            isEnded = true;
            failure = thrown;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Flow.Subscription known;
        lock.lock();
        try {
            known = isEnded || isClosed ? null : subscription;
            isClosed = true;
            buffers.clear();
            news.signalAll();
        } finally {
            lock.unlock();
        }
        if (known != null) {
            known.cancel();
        }
    }
}
