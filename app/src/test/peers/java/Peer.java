import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the programs beside it have in common: {@code java -cp LIBRARIES PROGRAM.java ROOT_URL CLIENT/VERB/MODEL...}.
 *
 * <p>All actions run at once; each prints one JSON line when it is over. ClientAction.java knows the clients, verbs and
 * lines.
 */
final class Peer {
    static final String ASKED = "Tell me a story.";
    static final List<String> TEXTS = List.of("hello", "a second text");

    private Peer() {}

    /** One client library, pointed at one server. */
    interface Client {
        String chat(String model) throws Exception;

        /** Hands over every piece of text as it comes; stops when told that it was enough. */
        void stream(String model, Seen seen) throws Exception;

        /** The same, told after the first piece. */
        default void cancel(String model, Seen seen) throws Exception {
            stream(model, seen);
        }

        List<List<Float>> embed(String model) throws Exception;
    }

    /** Runs the actions; returns when standard input ends, lest that the end be taken for a cancelled stream. */
    static void run(Map<String, Client> clients, List<String> actions) throws IOException {
        for (String action : actions) {
            Thread.ofVirtual().start(() -> act(clients, action));
        }
        while (System.in.read() >= 0) {
            // nobody writes to it
        }
        System.exit(0); // pools of connections would keep the process alive
    }

    private static void act(Map<String, Client> clients, String action) {
        String[] parts = action.split("/");
        Seen seen = new Seen(parts[1].equals("cancel"));
        seen.put("action", action);
        try {
            Client client = clients.get(parts[0]);
            switch (parts[1]) {
                case "chat" -> seen.put("text", client.chat(parts[2]));
                case "embed" -> seen.put("vectors", client.embed(parts[2]));
                case "cancel" -> client.cancel(parts[2], seen);
                default -> client.stream(parts[2], seen);
            }
        } catch (Throwable e) {
            seen.failed(e);
        }
        seen.print();
    }

    /** What one action has seen. Thread-safe. */
    static final class Seen {
        private final Map<String, Object> fields = new LinkedHashMap<>();
        private final StringBuilder text = new StringBuilder();
        private final boolean isCancelled;
        private int pieces;

        Seen(boolean isCancelled) {
            this.isCancelled = isCancelled;
        }

        synchronized void put(String name, Object value) {
            fields.put(name, value);
        }

        /** Takes a piece of text; returns whether the stream is to be left now. */
        synchronized boolean isEnough(String piece) {
            if (piece == null || piece.isEmpty()) {
                return false;
            }
            pieces++;
            text.append(piece);
            if (isCancelled) {
                fields.put("cancelledAtMillis", System.currentTimeMillis());
            }
            return isCancelled;
        }

        synchronized void failed(Throwable e) {
            fields.put("error", String.valueOf(e.getMessage()));
            fields.put("errorType", e.getClass().getSimpleName());
        }

        synchronized void print() {
            fields.put("pieces", pieces);
            fields.putIfAbsent("text", text.toString());
            System.out.println(json(fields));
        }
    }

    private static String json(Object value) {
        return switch (value) {
            case Map<?, ?> fields -> {
                List<String> members = new ArrayList<>();
                fields.forEach((name, field) -> members.add(json(name) + ":" + json(field)));
                yield "{" + String.join(",", members) + "}";
            }
            case List<?> list -> "[" + String.join(",", list.stream().map(Peer::json).toList()) + "]";
            case Number number -> number.toString();
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
