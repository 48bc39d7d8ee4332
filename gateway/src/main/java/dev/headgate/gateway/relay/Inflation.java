package dev.headgate.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Undoes the compression of a stream that an upstream compressed although it was asked not to. */
final class Inflation {
    private static final int MAX_PIECE_BYTES = 8 << 20;

    private final EmbeddedChannel decoder;
    private boolean isBroken;

    private Inflation(ZlibWrapper wrapper) {
        decoder = new EmbeddedChannel(ZlibCodecFactory.newZlibDecoder(wrapper, MAX_PIECE_BYTES));
    }

    /** Returns what undoes {@code coding}; null if there is nothing to undo, or nothing that can be. */
    static @Nullable Inflation of(String coding) {
        return switch (coding) {
            case "gzip", "x-gzip" -> new Inflation(ZlibWrapper.GZIP);
            case "deflate" -> new Inflation(ZlibWrapper.ZLIB_OR_NONE);
            default -> null;
        };
    }

    /** Returns the plain pieces, which are the caller's; releases {@code coded}. */
    List<ByteBuf> inflate(ByteBuf coded) {
        List<ByteBuf> plain = new ArrayList<>();
        try {
            decoder.writeInbound(coded);
        } catch (DecompressionException e) {
            isBroken = true;
        }
        for (ByteBuf piece = decoder.readInbound(); piece != null; piece = decoder.readInbound()) {
            plain.add(piece);
        }
        return plain;
    }

    boolean isBroken() {
        return isBroken;
    }

    void close() {
        var _ = decoder.finishAndReleaseAll();
    }
}
