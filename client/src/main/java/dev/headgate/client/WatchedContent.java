package dev.headgate.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The application's content on its way out, which knows whether it could be read. Read by one thread, asked by any. */
final class WatchedContent extends FilterInputStream {
    private volatile @Nullable IOException failure;

    WatchedContent(InputStream content) {
        super(content);
    }

    /** Returns how reading it failed, null if it has not. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
