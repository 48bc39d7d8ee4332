package dev.headgate.gateway.signal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A small JSON object as it arrives. Not thread-safe. */
final class SmallJson {
    /** What is larger is no small object. */
    static final long MAX_BYTES = 64L << 10;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void clear() {
        bytes.reset();
    }

    void add(ByteBuf piece) {
        byte[] copy = new byte[piece.readableBytes()];
        piece.getBytes(piece.readerIndex(), copy);
        bytes.writeBytes(copy);
    }

    /** Returns the object, null if it is something else. */
    @Nullable
    ObjectNode object() {
        try {
            return JSON.readTree(bytes.toString(StandardCharsets.UTF_8)) instanceof ObjectNode object ? object : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
