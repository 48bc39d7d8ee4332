package dev.headgate.client.azure;

import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.CoreUtils;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer that has been read, for whoever asked for that. */
final class ReadResponse extends HttpResponse {
    private final HttpResponse head;
    private final BinaryData content;

    ReadResponse(HttpResponse head, BinaryData content) {
        super(head.getRequest());
        this.head = head;
        this.content = content;
    }

    @Override
    public int getStatusCode() {
        return head.getStatusCode();
    }

    @Override
    @SuppressWarnings("deprecation") // it is what HttpResponse asks for
    public @Nullable String getHeaderValue(String name) {
        return head.getHeaderValue(name);
    }

    @Override
    public HttpHeaders getHeaders() {
        return head.getHeaders();
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
        return content;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return content.toFluxByteBuffer();
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.fromSupplier(content::toBytes);
    }

    @Override
    @SuppressWarnings("deprecation") // the type by name, as getHeaderValue
    public Mono<String> getBodyAsString() {
        return getBodyAsByteArray().map(bytes -> CoreUtils.bomAwareToString(bytes, getHeaderValue("Content-Type")));
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return getBodyAsByteArray().map(bytes -> new String(bytes, charset));
    }

    /** Returns this one. */
    @Override
    public HttpResponse buffer() {
        return this;
    }
}
