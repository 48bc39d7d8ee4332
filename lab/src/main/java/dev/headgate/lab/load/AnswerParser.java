package dev.headgate.lab.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/** Follows the bytes of answers on one connection: where each ends, what its status is and how many events it had. */
public final class AnswerParser implements ByteProcessor {
    private static final int MAX_FIELD_BYTES = 64;
    private static final byte[] LENGTH = {'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'};
    private static final byte[] CHUNKED = "transfer-encoding:".getBytes(US_ASCII);

    private final byte[] line = new byte[MAX_FIELD_BYTES];
    private State state = State.HEAD;
    private int lineBytes;
    private int status;
    private long left;
    private boolean isChunked;
    private int events;
    private byte last;

    /** Where in an answer. */
    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        DONE
    }

    /** Reads on; returns whether an answer has ended, with what follows it left in {@code in}. */
    public boolean read(ByteBuf in) {
        if (state == State.DONE) {
            begin();
        }
        int end = in.forEachByte(this);
        in.readerIndex(end < 0 ? in.writerIndex() : end + 1);
        return state == State.DONE;
    }

    /** Returns the status of the answer that is read or was read last. */
    public int status() {
        return status;
    }

    /** Returns how many events that answer has had so far. */
    public int events() {
        return events;
    }

    @Override
    public boolean process(byte value) {
        switch (state) {
            case HEAD -> head(value);
            case BODY -> {
                count(value);
                if (--left == 0) {
                    state = State.DONE;
                }
            }
            case CHUNK_SIZE -> chunkSize(value);
            case CHUNK -> {
                count(value);
                if (--left == 0) {
                    state = State.CHUNK_END;
                }
            }
            case CHUNK_END -> {
                if (value == '\n') {
                    state = State.CHUNK_SIZE;
                }
            }
            case TRAILER -> trailer(value);
            case DONE -> throw new IllegalStateException("read on past the end");
        }
        return state != State.DONE;
    }

    private void begin() {
        state = State.HEAD;
        lineBytes = 0;
        status = 0;
        left = 0;
        isChunked = false;
        events = 0;
        last = 0;
    }

    /** An event ends in an empty line. */
    private void count(byte value) {
        if (value == '\n' && last == '\n') {
            events++;
        }
        last = value;
    }

    private void head(byte value) {
        if (value != '\n') {
            if (value != '\r' && lineBytes < MAX_FIELD_BYTES) {
                line[lineBytes++] = value;
            }
            return;
        }
        if (lineBytes == 0) {
            last = 0;
            state = isChunked ? State.CHUNK_SIZE : left > 0 ? State.BODY : State.DONE;
        } else if (status == 0) {
            status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0';
        } else if (startsWith(LENGTH)) {
            left = number(LENGTH.length);
        } else if (startsWith(CHUNKED)) {
            isChunked = true;
        }
        lineBytes = 0;
    }

    private void chunkSize(byte value) {
        if (value == '\n') {
            state = left == 0 ? State.TRAILER : State.CHUNK;
            lineBytes = 0;
        } else if (value != '\r') {
            left = left * 16 + Character.digit(value, 16);
        }
    }

    private void trailer(byte value) {
        if (value == '\n') {
            state = lineBytes == 0 ? State.DONE : State.TRAILER;
            lineBytes = 0;
        } else if (value != '\r') {
            lineBytes = 1;
        }
    }

    private boolean startsWith(byte[] name) {
        if (lineBytes < name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if ((line[i] | 0x20) != (name[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private long number(int from) {
        long number = 0;
        for (int i = from; i < lineBytes; i++) {
            if (line[i] != ' ') {
                number = number * 10 + line[i] - '0';
            }
        }
        return number;
    }
}
