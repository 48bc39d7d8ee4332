package dev.headgate.client.azure;

import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.CoreUtils;
import com.azure.core.util.FluxUtil;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.Fields;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer whose body can be taken once, as it comes. */
final class LiveResponse extends HttpResponse {
    private final ClientResponse response;
    private final HttpHeaders headers;

    LiveResponse(HttpRequest request, ClientResponse response) {
        super(request);
        this.response = response;
        headers = headers(response.fields());
    }

    @SuppressWarnings(
            "deprecation") // names come from the wire; that by HttpHeaderName would intern each of them for ever
    private static HttpHeaders headers(Fields fields) {
        HttpHeaders headers = new HttpHeaders(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            headers.add(fields.name(i), fields.value(i));
        }
        return headers;
    }

    @Override
    public int getStatusCode() {
        return response.status();
    }

    @Override
    @SuppressWarnings("deprecation") // it is what HttpResponse asks for
    public @Nullable String getHeaderValue(String name) {
        return headers.getValue(name);
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return JdkFlowAdapter.flowPublisherToFlux(response.body())
                .flatMapIterable(piece -> piece, 1)
                .map(LiveResponse::exact);
    }

    /** Returns a buffer whose array has its content and nothing else: the SDKs look at arrays, without offset and limit. */
    private static ByteBuffer exact(ByteBuffer piece) {
        byte[] content = new byte[piece.remaining()];
        piece.get(content);
        return ByteBuffer.wrap(content);
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return FluxUtil.collectBytesFromNetworkResponse(getBody(), headers);
    }

    @Override
    public Mono<String> getBodyAsString() {
        return getBodyAsByteArray().map(bytes -> CoreUtils.bomAwareToString(bytes, type()));
    }

    private @Nullable String type() {
        return response.fields().first("content-type");
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return getBodyAsByteArray().map(bytes -> new String(bytes, charset));
    }

    @Override
    public Mono<InputStream> getBodyAsInputStream() {
        return Mono.fromSupplier(() -> response.body().stream());
    }

    @Override
    public void close() {
        response.close();
    }
}
