package dev.headgate.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Undoes the compression of a stream that an upstream compressed although it was asked not to. Confined to a call's turn. */
final class Inflation {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MOST_HEAD_BYTES = 64 * 1024;
    private static final int GZIP_BYTES = 10;
    private static final int HAS_CHECK = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    private final boolean isGzip;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream(); // until the head is whole
    private @Nullable Inflater inflater;
    private boolean isBroken;

    private Inflation(boolean isGzip) {
        this.isGzip = isGzip;
    }

    /** Returns what undoes {@code coding}; null if there is nothing to undo, or nothing that can be. */
    static @Nullable Inflation of(String coding) {
        return switch (coding) {
            case "gzip", "x-gzip" -> new Inflation(true);
            case "deflate" -> new Inflation(false);
            default -> null;
        };
    }

    boolean isBroken() {
        return isBroken;
    }

    /** Returns the plain pieces. */
    List<ByteBuffer> inflate(ByteBuffer coded) {
        byte[] bytes = new byte[coded.remaining()];
        coded.get(bytes);
        Inflater known = inflater;
        if (known != null) {
            return inflate(known, bytes, 0);
        }
        begun.writeBytes(bytes);
        byte[] all = begun.toByteArray();
        int head = isGzip ? gzipHead(all) : 0;
        if (head < 0 || all.length < 2) {
            isBroken |= all.length > MOST_HEAD_BYTES;
            return List.of();
        }
        boolean isRaw = isGzip || (all[0] & 0x0f) != 8 || (((all[0] & 0xff) << 8) | (all[1] & 0xff)) % 31 != 0;
        Inflater fresh = new Inflater(isRaw);
        inflater = fresh;
        return inflate(fresh, all, head);
    }

    private List<ByteBuffer> inflate(Inflater by, byte[] bytes, int from) {
        List<ByteBuffer> plain = new ArrayList<>();
        by.setInput(bytes, from, bytes.length - from);
        try {
            while (!by.finished() && !by.needsInput()) {
                byte[] piece = new byte[PIECE_BYTES];
                int length = by.inflate(piece);
                if (length == 0) {
                    break;
                }
                plain.add(ByteBuffer.wrap(piece, 0, length));
            }
        } catch (DataFormatException e) {
            isBroken = true;
        }
        return plain;
    }

    /** Returns the length of a head after RFC 1952, −1 if it is not whole. */
    private int gzipHead(byte[] all) {
        if (all.length < GZIP_BYTES) {
            return -1;
        }
        if ((all[0] & 0xff) != 0x1f || (all[1] & 0xff) != 0x8b || all[2] != 8) {
            isBroken = true;
            return -1;
        }
        int flags = all[3];
        int at = GZIP_BYTES;
        if ((flags & HAS_EXTRA) != 0) {
            if (all.length < at + 2) {
                return -1;
            }
            at += 2 + (all[at] & 0xff) + ((all[at + 1] & 0xff) << 8);
        }
        at = (flags & HAS_NAME) == 0 ? at : afterZero(all, at);
        at = (flags & HAS_COMMENT) == 0 ? at : afterZero(all, at);
        at += (flags & HAS_CHECK) == 0 || at < 0 ? 0 : 2;
        return at > all.length ? -1 : at;
    }

    private static int afterZero(byte[] all, int from) {
        if (from < 0 || from >= all.length) {
            return -1;
        }
        for (int at = from; at < all.length; at++) {
            if (all[at] == 0) {
                return at + 1;
            }
        }
        return -1;
    }
}
