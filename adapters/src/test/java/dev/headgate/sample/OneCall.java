package dev.headgate.sample;

import dev.headgate.client.Backend;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An application that makes one call: its arguments are the URLs of its backends. */
public final class OneCall {
    private OneCall() {}

    /** Prints status, body and attempts. */
    public static void main(String... urls) throws IOException {
        Backend[] backends = new Backend[urls.length];
        for (int i = 0; i < urls.length; i++) {
            backends[i] = Backend.of(urls[i], i + 1);
        }
        try (FailoverClient client = FailoverClient.builder().backends(backends).build();
                ClientResponse response = client.send(ClientRequest.post("/v1/chat/completions", "{}"))) {
            System.out.print(
                    response.status() + " " + new String(response.body().readAll(), StandardCharsets.UTF_8)
                            + " attempts=" + response.fields().first("x-headgate-attempts") + "\n");
        }
    }
}
