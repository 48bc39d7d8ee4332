package dev.headgate.core.request;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the start of an error body, inflated if need be. */
final class ErrorBody {
    private ErrorBody() {}

    /** Returns what the body says, {@link UpstreamError#NONE} if it is empty or cannot be read. */
    static UpstreamError read(HeaderFields headers, @Nullable ByteBuffer body) {
        if (body == null || !body.hasRemaining()) {
            return UpstreamError.NONE;
        }
        int size = Math.min(body.remaining(), AnswerClassifier.MAX_BODY_BYTES);
        String encoding = headers.first("content-encoding");
        if (encoding == null || encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity")) {
            return UpstreamError.read(body, body.position(), body.position() + size);
        }
        byte[] packed = new byte[size];
        body.get(body.position(), packed);
        ByteBuffer plain = inflate(packed, encoding.strip().toLowerCase(Locale.ROOT));
        return UpstreamError.read(plain, 0, plain.limit());
    }

    /** Inflates what can be of a body that may be cut off; the output is bounded, whatever the input promises. */
    private static ByteBuffer inflate(byte[] packed, String encoding) {
        byte[] plain = new byte[AnswerClassifier.MAX_BODY_BYTES];
        int size = 0;
        try (InputStream in = open(packed, encoding)) {
            int read = in.read(plain, 0, plain.length);
            while (read > 0) {
                size += read;
                read = in.read(plain, size, plain.length - size);
            }
        } catch (IOException e) {
            // The start of a body rarely ends well; what came out before decides, and a checksum would not change it.
            return ByteBuffer.wrap(plain, 0, size);
        }
        return ByteBuffer.wrap(plain, 0, size);
    }

    private static InputStream open(byte[] packed, String encoding) throws IOException {
        InputStream in = new ByteArrayInputStream(packed);
        return switch (encoding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(in);
            case "deflate" ->
                isZlib(packed) ? new InflaterInputStream(in) : new InflaterInputStream(in, new Inflater(true));
            default -> InputStream.nullInputStream();
        };
    }

    /** Some servers send deflate without the zlib header that RFC 9110 asks for. */
    private static boolean isZlib(byte[] packed) {
        return packed.length >= 2
                && (packed[0] & 0x0f) == 8
                && (((packed[0] & 0xff) << 8) | (packed[1] & 0xff)) % 31 == 0;
    }
}
