package dev.headgate.client.okhttp;

import dev.headgate.client.Fields;
import dev.headgate.client.Transport.Outgoing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** What goes along with an attempt; its type is in the header. */
final class OutgoingBody extends RequestBody {
    private final ByteBuffer known;
    private final @Nullable InputStream rest;

    private OutgoingBody(ByteBuffer known, @Nullable InputStream rest) {
        this.known = known;
        this.rest = rest;
    }

    /** Returns an attempt's request as OkHttp has it. */
    static Request request(Outgoing outgoing) {
        Headers.Builder headers = new Headers.Builder();
        Fields fields = outgoing.fields();
        for (int i = 0; i < fields.size(); i++) {
            headers.addUnsafeNonAscii(fields.name(i), fields.value(i));
        }
        return new Request.Builder()
                .url(HttpUrl.get(outgoing.uri().toString()))
                .headers(headers.build())
                .method(outgoing.method(), body(outgoing))
                .build();
    }

    private static @Nullable RequestBody body(Outgoing outgoing) {
        boolean mustHave = switch (outgoing.method()) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
        boolean isEmpty = !outgoing.body().hasRemaining() && outgoing.rest() == null;
        return isEmpty && !mustHave ? null : new OutgoingBody(outgoing.body(), outgoing.rest());
    }

    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        return rest == null ? known.remaining() : -1;
    }

    @Override
    public boolean isOneShot() {
        return rest != null;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        sink.write(known.array(), known.arrayOffset() + known.position(), known.remaining());
        if (rest != null) {
            sink.writeAll(Okio.source(rest));
        }
    }
}
