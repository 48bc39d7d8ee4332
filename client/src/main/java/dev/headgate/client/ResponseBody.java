package dev.headgate.client;

import dev.headgate.core.pool.SerialContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer on its way to the application, which either reads the {@link #stream} or subscribes, once. What is
 * not read holds the backend back after 256 KiB. Thread-safe.
 */
public final class ResponseBody implements Flow.Publisher<List<ByteBuffer>>, AutoCloseable {
    private static final long MOST_BYTES = 256 * 1024;

    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Queue<ByteBuffer> pieces = new ArrayDeque<>(); // guarded by lock, as is all below
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private long bytes;
    private boolean isEnded;
    private boolean isClosed;
    private @Nullable IOException failure;
    private Runnable drained = () -> {};
    private Runnable closed = () -> {};
    private @Nullable Subscriber subscriber;

    ResponseBody(Executor executor) {
        this.executor = executor;
    }

    /** Returns a body that is whole. */
    static ResponseBody whole(Executor executor, List<ByteBuffer> content) {
        ResponseBody body = new ResponseBody(executor);
        content.forEach(body::write);
        body.end();
        return body;
    }

    /** Sets what is told when there is room again, and when the application gives up. Before the application has it. */
    void onDrained(Runnable told) {
        drained = told;
    }

    void onClosed(Runnable told) {
        closed = told;
    }

    /** Adds a piece, which is the body's from now on. */
    void write(ByteBuffer piece) {
        if (!piece.hasRemaining()) {
            return;
        }
        lock.lock();
        try {
            if (!isClosed) {
                pieces.add(piece);
                bytes += piece.remaining();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes what was written known. */
    void flush() {
        Subscriber told;
        lock.lock();
        try {
            news.signalAll();
            told = subscriber;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.wake();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return bytes >= MOST_BYTES;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing follows. */
    void end() {
        finish(null);
    }

    /** Nothing follows, and what there is is not all. */
    void fail(IOException reason) {
        finish(reason);
    }

    private void finish(@Nullable IOException reason) {
        lock.lock();
        try {
            if (!isEnded) {
                isEnded = true;
                failure = reason;
            }
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Takes the next piece, null if there is none at the moment. */
    private @Nullable ByteBuffer poll() {
        List<ByteBuffer> next = poll(1);
        return next.isEmpty() ? null : next.get(0);
    }

    /** Takes what is there at the moment, which is no more than is held. */
    private List<ByteBuffer> pollAll() {
        return poll(Integer.MAX_VALUE);
    }

    private List<ByteBuffer> poll(int most) {
        boolean hasRoom;
        List<ByteBuffer> taken;
        lock.lock();
        try {
            boolean wasFull = bytes >= MOST_BYTES;
            taken = new ArrayList<>(Math.min(most, pieces.size()));
            while (taken.size() < most && !pieces.isEmpty()) {
                ByteBuffer piece = pieces.remove();
                bytes -= piece.remaining();
                taken.add(piece);
            }
            hasRoom = wasFull && bytes < MOST_BYTES;
        } finally {
            lock.unlock();
        }
        if (hasRoom) {
            drained.run();
        }
        return taken;
    }

    /** Returns the body as a stream, which must be closed. */
    public InputStream stream() {
        take();
        return new Stream();
    }

    private void take() {
        if (!isTaken.compareAndSet(false, true)) {
            throw new IllegalStateException("body: taken twice (expected: one stream, or one subscriber)");
        }
    }

    /**
     * Reads the rest.
     *
     * @throws IOException if it breaks off
     */
    public byte[] readAll() throws IOException {
        try (InputStream in = stream()) {
            return in.readAllBytes();
        }
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> target) {
        take();
        Subscriber mine = new Subscriber(target);
        lock.lock();
        try {
            subscriber = mine;
        } finally {
            lock.unlock();
        }
        mine.begin();
    }

    @Override
    public void close() {
        boolean wasOpen;
        Subscriber told;
        lock.lock();
        try {
            wasOpen = !isClosed && !isEnded;
            told = isClosed ? null : subscriber;
            isClosed = true;
            pieces.clear();
            bytes = 0;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.wake();
        }
        if (wasOpen) {
            closed.run();
        }
    }

    /** Reads it, blocking. */
    private final class Stream extends InputStream {
        private ByteBuffer current = ByteBuffer.allocate(0);

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
            while (!current.hasRemaining()) {
                ByteBuffer next = poll();
                if (next != null) {
                    current = next;
                } else if (await()) {
                    return -1;
                }
            }
            int count = Math.min(length, current.remaining());
            current.get(target, offset, count);
            return count;
        }

        @Override
        public byte[] readAllBytes() throws IOException {
            HeldBody all = new HeldBody();
            all.add(List.of(current));
            for (boolean isOver = false; !isOver; ) {
                ByteBuffer next = poll();
                if (next != null) {
                    all.add(List.of(next));
                } else {
                    isOver = await();
                }
            }
            byte[] bytes = new byte[all.size()];
            all.whole().get(bytes);
            return bytes;
        }

        /** Waits for news; true at the end. */
        private boolean await() throws IOException {
            lock.lock();
            try {
                while (pieces.isEmpty()) {
                    if (isClosed) {
                        throw new IOException("the body is closed");
                    }
                    if (isEnded) {
                        IOException reason = failure;
                        if (reason != null) {
                            throw new IOException(reason.getMessage(), reason);
                        }
                        return true;
                    }
                    news.await();
                }
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while reading the answer").initCause(e);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int available() {
            if (current.hasRemaining()) {
                return current.remaining();
            }
            lock.lock();
            try {
                ByteBuffer next = pieces.peek();
                return next == null ? 0 : next.remaining();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            ResponseBody.this.close();
        }
    }

    /** Pushes it to a subscriber, on the client's executor, so that no subscriber holds up who writes. */
    private final class Subscriber implements Flow.Subscription {
        private final Flow.Subscriber<? super List<ByteBuffer>> target;
        private final SerialContext turn = new SerialContext();
        private final AtomicBoolean isWoken = new AtomicBoolean();
        private long demand; // in turn
        private volatile boolean isOver;

        Subscriber(Flow.Subscriber<? super List<ByteBuffer>> target) {
            this.target = target;
        }

        void begin() {
            turn.execute(() -> target.onSubscribe(this));
            wake();
        }

        void wake() {
            if (isWoken.compareAndSet(false, true)) {
                executor.execute(() -> {
                    isWoken.set(false);
                    turn.execute(this::push);
                });
            }
        }

        @Override
        public void request(long count) {
            turn.execute(() -> {
                if (count <= 0) {
                    over(new IllegalArgumentException("request: " + count + " (expected: > 0)"));
                } else {
                    demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
                }
            });
            wake();
        }

        @Override
        public void cancel() {
            isOver = true;
            close();
        }

        @SuppressWarnings("IllegalCatch") // a subscriber is foreign code: it is told what it threw, and gets no more
        private void push() {
            try {
                while (!isOver) {
                    List<ByteBuffer> piece = demand > 0 ? pollAll() : List.of();
                    if (piece.isEmpty()) {
                        break;
                    }
                    demand--;
                    target.onNext(piece);
                }
            } catch (Throwable e) {
                over(e);
            }
            endIfOver();
        }

        private void endIfOver() {
            boolean isLast;
            IOException reason;
            lock.lock();
            try {
                isLast = isClosed || (isEnded && pieces.isEmpty());
                reason = isClosed ? new IOException("the body is closed") : failure;
            } finally {
                lock.unlock();
            }
            if (isLast) {
                over(reason);
            }
        }

        private void over(@Nullable Throwable reason) {
            if (isOver) {
                return;
            }
            isOver = true;
            if (reason == null) {
                target.onComplete();
            } else {
                close();
                target.onError(reason);
            }
        }
    }
}
