package dev.headgate.gateway.relay;

import dev.headgate.core.request.HeaderFields;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A header as the core reads it.
 *
 * @param headers what was decoded
 */
record NettyFields(HttpHeaders headers) implements HeaderFields {
    @Override
    public List<String> all(String name) {
        return headers.getAll(name);
    }

    @Override
    public @Nullable String first(String name) {
        return headers.get(name);
    }

    /** Names nothing: values may be secret. */
    @Override
    public String toString() {
        return "NettyFields[" + headers.size() + "]";
    }
}
