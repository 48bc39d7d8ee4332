package dev.headgate.lab.bench;

import dev.headgate.client.Backend;
import dev.headgate.client.ClientRequest;
import dev.headgate.client.ClientResponse;
import dev.headgate.client.FailoverClient;
import dev.headgate.client.Fields;
import dev.headgate.client.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the client library adds to a request: over a transport that answers at once and costs nothing itself. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClientBenchmarks {
    private static final String BODY =
            "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(200) + "\"}]}";
    private static final byte[] ANSWER = ("{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                    + "\"content\":\"" + "word ".repeat(50) + "\"},\"finish_reason\":\"stop\"}]}")
            .getBytes(StandardCharsets.US_ASCII);

    /** One call of 1 KB, its JSON answer read to the end. */
    @Benchmark
    public int clientCall(Client client) throws IOException {
        try (ClientResponse response = client.client.send(client.request)) {
            return response.body().readAll().length;
        }
    }

    /** A client of three equal backends. */
    @State(Scope.Benchmark)
    public static class Client {
        private final ClientRequest request = ClientRequest.post("/v1/chat/completions", BODY);
        private final FailoverClient client = FailoverClient.builder()
                .backends(
                        Backend.of("http://one.test", 1).withApiKey("k"),
                        Backend.of("http://two.test", 1).withApiKey("k"),
                        Backend.of("http://three.test", 1).withApiKey("k"))
                .transport(new AtOnce())
                .build();

        /** Closes it. */
        @TearDown
        public void close() {
            client.close();
        }
    }

    /** Answers each request with the same bytes. */
    private static final class AtOnce implements Transport {
        private static final Fields FIELDS = Fields.builder()
                .add("content-type", "application/json")
                .add("content-length", Integer.toString(ANSWER.length))
                .build();

        @Override
        public Exchange send(Outgoing request, Receiver receiver) {
            Exchange exchange = new Exchange() {
                @Override
                public void more() {
                    receiver.content(List.of(ByteBuffer.wrap(ANSWER)));
                    receiver.ended();
                }

                @Override
                public void cancel() {
                    // it ends at once
                }
            };
            receiver.answered(200, FIELDS);
            return exchange;
        }

        @Override
        public void close() {
            // there is nothing to give back
        }
    }
}
