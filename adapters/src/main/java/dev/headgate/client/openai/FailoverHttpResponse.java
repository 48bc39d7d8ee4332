package dev.headgate.client.openai;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.Fields;
import java.io.InputStream;

/** An answer as openai-java reads it, while it comes. */
final class FailoverHttpResponse implements HttpResponse {
    private final ClientResponse response;
    private final Headers headers;
    private final InputStream body;

    FailoverHttpResponse(ClientResponse response) {
        this.response = response;
        Fields fields = response.fields();
        Headers.Builder shown = Headers.builder();
        for (int i = 0; i < fields.size(); i++) {
            shown.put(fields.name(i), fields.value(i));
        }
        headers = shown.build();
        body = response.body().stream();
    }

    @Override
    public int statusCode() {
        return response.status();
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public InputStream body() {
        return body;
    }

    /** Gives up what has not been read; the backend hears of it. */
    @Override
    public void close() {
        response.close();
    }
}
