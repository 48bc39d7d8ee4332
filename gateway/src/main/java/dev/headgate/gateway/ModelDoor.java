package dev.headgate.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.request.RequestFacts;
import dev.headgate.gateway.dispatch.Dispatcher;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.http.Handler;
import dev.headgate.gateway.openai.EmbeddingsHandler;
import dev.headgate.gateway.openai.ModelsHandler;
import dev.headgate.gateway.relay.Relay;
import dev.headgate.gateway.relay.RelayHandler;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;

/** The paths that both the dispatcher and the relay serve: by model. */
final class ModelDoor {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Dispatcher dispatcher;
    private final Relay relay;
    private final RelayHandler relays;
    private final EmbeddingsHandler embeddings;
    private final long startedSeconds = Instant.now().getEpochSecond();

    ModelDoor(Dispatcher dispatcher, Relay relay, RelayHandler relays, EmbeddingsHandler embeddings) {
        this.dispatcher = dispatcher;
        this.relay = relay;
        this.relays = relays;
        this.embeddings = embeddings;
    }

    /** Answers the models of all routes and the labels of the dispatcher; without routes the request is relayed. */
    Handler models() {
        return new Handler() {
            @Override
            public boolean takesBuffers() {
                return true;
            }

            @Override
            public void handle(Exchange exchange) {
                if (relay.options().plan().routes().isEmpty()) {
                    relays.handle(exchange);
                } else {
                    list(exchange);
                }
            }
        };
    }

    private void list(Exchange exchange) {
        SortedSet<String> names = new TreeSet<>();
        relay.options().plan().routes().forEach(route -> names.addAll(route.models()));
        var _ = dispatcher.ask(ModelsHandler::labels).thenAccept(labels -> {
            names.addAll(labels);
            ObjectNode root = JSON.createObjectNode().put("object", "list");
            ArrayNode data = root.putArray("data");
            names.forEach(name -> data.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", startedSeconds)
                    .put("owned_by", "headgate"));
            exchange.answer(200, root.toString().getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Gives embeddings of the dispatcher's labels to it, and all others to the relay. */
    Handler embeddings() {
        return new Handler() {
            @Override
            public boolean takesBuffers() {
                return true;
            }

            @Override
            public void handle(Exchange exchange) {
                String model = model(exchange);
                var _ = dispatcher
                        .ask(router -> ModelsHandler.labels(router).contains(model))
                        .thenAccept(isOurs -> exchange.loop().execute(() -> {
                            if (isOurs) {
                                exchange.copyBody();
                                exchange.offLoop().execute(() -> embeddings.handle(exchange));
                            } else {
                                relays.handle(exchange);
                            }
                        }));
            }
        };
    }

    private static String model(Exchange exchange) {
        ByteBuf body = exchange.peekBody();
        return body.isReadable()
                ? RequestFacts.scan(
                                body.nioBuffer(),
                                exchange.header("content-type").orElse(null))
                        .model()
                : "";
    }
}
