package dev.headgate.gateway.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.route.PoolSignals;
import dev.headgate.core.signal.PromptHasher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What backends say that their caches hold: a JSON object per line with {@code backend}, {@code event} (stored, removed or
 * cleared) and, but for the last, {@code hashes} as the traffic log has them (routing.md §7). Either all lines are good, or
 * none counts.
 */
final class KvEvents {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String HASHES = "hashes";
    private static final Set<String> KEYS = Set.of("backend", "event", HASHES);
    private static final int LONGEST_QUOTE = 100;

    private final Set<String> backends;
    private final List<Event> events = new ArrayList<>();

    private KvEvents(Set<String> backends) {
        this.backends = backends;
    }

    /**
     * Reads the events of a pool with {@code backends}.
     *
     * @throws IllegalArgumentException with a sentence that names the first bad line and what is wrong with it
     */
    static List<Event> read(byte[] body, Set<String> backends) {
        KvEvents reader = new KvEvents(backends);
        int number = 0;
        for (String line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                reader.read(line, number);
            }
        }
        return List.copyOf(reader.events);
    }

    private void read(String line, int number) {
        ObjectNode object;
        try {
            if (!(JSON.readTree(line) instanceof ObjectNode read)) {
                throw bad(number, "not an object", "{\"backend\":…,\"event\":…,\"hashes\":[…]}");
            }
            object = read;
        } catch (JsonProcessingException e) {
            throw bad(number, "no JSON", "{\"backend\":…,\"event\":…,\"hashes\":[…]}");
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!KEYS.contains(name)) {
                throw bad(number, shown(name) + ": unknown key", "backend, event, hashes");
            }
        }
        String backend = object.path("backend").asText("");
        if (!backends.contains(backend)) {
            throw bad(number, "backend: " + shown(object.path("backend")), "a backend of the pool");
        }
        EndpointId id = new EndpointId(backend);
        JsonNode event = object.path("event");
        switch (event.asText("")) {
            case "stored" -> events.add(new Event.Stored(id, hashes(object, number)));
            case "removed" -> events.add(new Event.Removed(id, hashes(object, number)));
            case "cleared" -> {
                if (object.has(HASHES)) {
                    throw bad(number, "hashes: given", "none, as everything is cleared");
                }
                events.add(new Event.Cleared(id));
            }
            default -> throw bad(number, "event: " + shown(event), "stored, removed or cleared");
        }
    }

    private static long[] hashes(ObjectNode object, int number) {
        JsonNode list = object.path(HASHES);
        if (!list.isArray() || list.isEmpty()) {
            throw bad(number, "hashes: " + shown(list), "a list of integers, as the traffic log has them");
        }
        long[] hashes = new long[list.size()];
        for (int i = 0; i < hashes.length; i++) {
            JsonNode hash = list.get(i);
            if (!hash.canConvertToExactIntegral() || !hash.canConvertToLong()) {
                throw bad(number, "hashes[" + i + "]: " + shown(hash), "an integer of 64 bits");
            }
            hashes[i] = hash.longValue();
        }
        return hashes;
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : shown(value.isTextual() ? value.textValue() : value.toString());
    }

    private static String shown(String text) {
        return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + '…';
    }

    private static IllegalArgumentException bad(int line, String what, String expected) {
        return new IllegalArgumentException("line " + line + ": " + what + " (expected: " + expected + ")");
    }

    /** Returns how many events of each kind there are. */
    static Map<String, Integer> counts(List<Event> events) {
        int stored = 0;
        int removed = 0;
        int cleared = 0;
        for (Event event : events) {
            switch (event) {
                case Event.Stored _ -> stored++;
                case Event.Removed _ -> removed++;
                case Event.Cleared _ -> cleared++;
            }
        }
        return Map.of("stored", stored, "removed", removed, "cleared", cleared);
    }

    /** One thing that a backend says of its cache. */
    sealed interface Event {
        /** Tells it to the pool of the backend. */
        void tell(PoolSignals signals);

        /** It holds these blocks, which follow on one another. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Stored(EndpointId backend, long[] hashes) implements Event {
            @Override
            public void tell(PoolSignals signals) {
                int tokens = (int) Math.min(Integer.MAX_VALUE, (long) hashes.length * PromptHasher.BLOCK_TOKENS);
                signals.blocksHeld(backend, new Prompt(tokens, PromptHasher.BLOCK_TOKENS, hashes));
            }
        }

        /** It holds these blocks no longer. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Removed(EndpointId backend, long[] hashes) implements Event {
            @Override
            public void tell(PoolSignals signals) {
                for (long hash : hashes) {
                    signals.blockRemoved(backend, hash);
                }
            }
        }

        /** It holds nothing any longer. */
        record Cleared(EndpointId backend) implements Event {
            @Override
            public void tell(PoolSignals signals) {
                signals.blocksCleared(backend);
            }
        }
    }
}
