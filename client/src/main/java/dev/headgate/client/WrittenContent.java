package dev.headgate.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What somebody writes, as a stream to read: written by a daemon thread that begins with the first read and is at most
 * 64 KiB ahead. For one reader at a time.
 */
final class WrittenContent extends InputStream {
    private static final int AHEAD_BYTES = 64 * 1024;

    private final RequestBody.Writing content;
    private @Nullable PipedInputStream pipe; // guarded by this
    private volatile @Nullable IOException failure;
    private boolean isClosed; // guarded by this

    WrittenContent(RequestBody.Writing content) {
        this.content = content;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = begun().read(target, offset, length);
        IOException reason = failure;
        if (count < 0 && reason != null) {
            throw new IOException("the request's body could not be read", reason);
        }
        return count;
    }

    private synchronized PipedInputStream begun() throws IOException {
        PipedInputStream known = pipe;
        if (known != null) {
            return known;
        }
        if (isClosed) {
            throw new IOException("the request's body is closed");
        }
        PipedOutputStream written = new PipedOutputStream();
        PipedInputStream fresh = new PipedInputStream(written, AHEAD_BYTES);
        pipe = fresh;
        Thread writing = new Thread(() -> write(written), "headgate-client-body");
        writing.setDaemon(true);
        writing.start();
        return fresh;
    }

    /** A failure is known before the end is: who reads must not take half a body for all of it. */
    @SuppressWarnings("IllegalCatch") // what writes is foreign code: whatever it throws, the body is not whole
    private void write(PipedOutputStream target) {
        try (target) {
            try {
                content.writeTo(target);
            } catch (Throwable e) {
                failure = e instanceof IOException io ? io : new IOException(e.toString(), e);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Ends the thread, if it still writes. */
    @Override
    public void close() throws IOException {
        PipedInputStream known;
        synchronized (this) {
            isClosed = true;
            known = pipe;
        }
        if (known != null) {
            known.close();
        }
    }
}
