package dev.headgate.core.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The caller of a stream as the edge sees it: collects what readers release, and feeds them. */
final class CallerSide implements StreamOutput {
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private ByteBuffer input = ByteBuffer.allocate(0);
    private boolean isTaken;
    private int commits;

    /** Another attempt was first. */
    void take() {
        isTaken = true;
    }

    /** Feeds {@code text} in parts of {@code size} bytes, each in a buffer of its own. */
    StreamState feed(StreamReader reader, String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += size) {
            feed(reader, bytes, from, Math.min(bytes.length, from + size));
        }
        return reader.state();
    }

    StreamState feed(StreamReader reader, String text) {
        return feed(reader, text, Integer.MAX_VALUE / 2);
    }

    /** Feeds a range, at another offset than it has in {@code bytes}, and overwrites the buffer afterwards. */
    StreamState feed(StreamReader reader, byte[] bytes, int from, int to) {
        input = ByteBuffer.allocateDirect(to - from + 3);
        input.position(3);
        input.put(bytes, from, to - from);
        input.flip().position(3);
        StreamState state = reader.read(input, this);
        for (int i = 0; i < input.limit(); i++) {
            input.put(i, (byte) '#');
        }
        return state;
    }

    String received() {
        return received.toString(StandardCharsets.UTF_8);
    }

    int commits() {
        return commits;
    }

    @Override
    public boolean commit() {
        commits++;
        return !isTaken;
    }

    @Override
    public void forward(int from, int to) {
        for (int i = from; i < to; i++) {
            received.write(input.get(i));
        }
    }

    @Override
    public void send(byte[] bytes, int from, int to) {
        received.write(bytes, from, to - from);
    }
}
