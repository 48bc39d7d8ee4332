package dev.headgate.client;

import dev.headgate.client.Transport.Outgoing;
import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.FailoverRequest;
import dev.headgate.core.request.ApiKind;
import dev.headgate.core.request.DeadlineFields;
import dev.headgate.core.request.FieldRules;
import dev.headgate.core.request.RequestFacts;
import dev.headgate.core.request.RequestTarget;
import dev.headgate.core.time.Deadline;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The application's request, from which each attempt's is built anew (gateway.md §8). */
final class AskedRequest {
    /** What transports put in themselves, or may not be passed on; lower case. */
    private static final Set<String> LEFT_OUT = Set.of("host", "content-length", "expect");

    /** Nobody waits longer, and more would not fit into nanoseconds. */
    private static final Duration LONGEST_HEAD = Duration.ofDays(365);

    private final ClientRequest request;
    private final RequestTarget target;
    private final @Nullable RequestFacts facts;
    private final Fields fields; // as all attempts carry them
    private final List<String> callersCredentials; // name, value, name, value …
    private final byte[] body;
    private final @Nullable WatchedContent rest; // of a body that is too large to be kept
    private final String model;

    private AskedRequest(ClientRequest request, byte[] body, @Nullable WatchedContent rest) {
        this.request = request;
        this.body = body;
        this.rest = rest;
        target = RequestTarget.of(request.method(), request.target());
        boolean isRead = !target.isRead() && target.kind() != ApiKind.OTHER && body.length > 0 && rest == null;
        facts = isRead
                ? RequestFacts.scan(ByteBuffer.wrap(body), request.fields().first("content-type"))
                : null;
        model = target.model(facts);
        callersCredentials = new ArrayList<>();
        fields = fields(request.fields(), facts != null && facts.streams(), callersCredentials);
    }

    /**
     * Reads a request; of a body that can be read once, up to {@code mostBytes} are kept.
     *
     * @throws IOException if the body cannot be read
     */
    static AskedRequest of(ClientRequest request, int mostBytes) throws IOException {
        RequestBody given = request.body();
        if (!given.isStream()) {
            return new AskedRequest(request, given.bytes(), null);
        }
        byte[] begun = given.content().readNBytes(mostBytes);
        int next = begun.length < mostBytes ? -1 : given.content().read();
        if (next < 0) {
            given.content().close();
            return new AskedRequest(request, begun, null);
        }
        byte[] known = Arrays.copyOf(begun, begun.length + 1);
        known[begun.length] = (byte) next;
        return new AskedRequest(request, known, new WatchedContent(given.content()));
    }

    private static Fields fields(Fields given, boolean streams, List<String> credentials) {
        Set<String> named = namedByConnection(given);
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < given.size(); i++) {
            String name = given.name(i).toLowerCase(Locale.ROOT);
            if (FieldRules.CREDENTIALS.contains(name) || name.equals("cookie") || name.equals("proxy-authorization")) {
                credentials.add(given.name(i));
                credentials.add(given.value(i));
            } else if (!FieldRules.isHop(name)
                    && !LEFT_OUT.contains(name)
                    && !named.contains(name)
                    && !(streams && name.equals("accept-encoding"))) {
                kept.add(given.name(i), given.value(i));
            }
        }
        return streams ? kept.add("Accept-Encoding", "identity").build() : kept.build();
    }

    private static Set<String> namedByConnection(Fields given) {
        if (given.first("connection") == null) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        for (String line : given.all("connection")) {
            for (String name : line.split(",", -1)) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return named;
    }

    /** Returns it as the core sees it. */
    FailoverRequest failover(long startNanos, long poolNanos) {
        long total = DeadlineFields.totalNanos(request.fields(), poolNanos);
        Duration asked = request.timeout();
        if (!asked.isZero() && asked.compareTo(Duration.ofNanos(total)) < 0) {
            total = asked.toNanos();
        }
        return new FailoverRequest(
                        model,
                        streams(),
                        mayFailOver(),
                        body.length,
                        facts == null ? 0 : facts.expectedOutputTokens(),
                        0,
                        new Deadline(startNanos + total, true))
                .createdAt(startNanos);
    }

    /** Shows method and path; a query may have secrets. */
    @Override
    public String toString() {
        return request.toString();
    }

    /** Returns how long the head of the answer may take; 0 = there is no limit. */
    long headNanos() {
        Duration limit = request.headTimeout();
        return limit.compareTo(LONGEST_HEAD) < 0 ? limit.toNanos() : 0;
    }

    /** Returns whether its answer has no body. */
    boolean isHead() {
        return request.method().equals("HEAD");
    }

    boolean mayFailOver() {
        return rest == null && target.mayFailOver() && (facts == null || !facts.isStateful());
    }

    boolean streams() {
        return facts != null && facts.streams();
    }

    int choices() {
        return facts == null ? 1 : Math.max(1, facts.choices());
    }

    ApiKind kind() {
        return target.kind();
    }

    /** Returns whether its body is larger than what is kept: it has one attempt. */
    boolean isTooLargeToKeep() {
        return rest != null;
    }

    /** Returns how reading its body failed while it was sent, null if it has not. */
    @Nullable
    IOException failure() {
        return rest == null ? null : rest.failure();
    }

    /** Returns the request of an attempt; {@code credential} is the whole value of its own field, null without one. */
    Outgoing outgoing(
            Attempt attempt, Backend backend, @Nullable String credential, ByteBuffer content, Duration connect) {
        Fields.Builder all = fields.with();
        if (credential != null) {
            all.add(backend.credential().field(), credential);
        } else {
            for (int i = 0; i < callersCredentials.size(); i += 2) {
                all.add(callersCredentials.get(i), callersCredentials.get(i + 1));
            }
        }
        String path = renames(attempt) && target.deployment() != null
                ? target.withDeployment(attempt.upstreamModel())
                : target.raw();
        URI uri = URI.create(backend.url() + path);
        return new Outgoing(request.method(), uri, all.build(), content, rest, connect);
    }

    private boolean renames(Attempt attempt) {
        return !attempt.upstreamModel().isEmpty() && !attempt.upstreamModel().equals(model);
    }

    /** Returns the body of an attempt: the same bytes, or with another model in it. */
    byte[] body(Attempt attempt) {
        RequestFacts read = facts;
        if (read == null || read.modelFrom() < 0 || !renames(attempt)) {
            return body;
        }
        byte[] name = read.modelBytes(attempt.upstreamModel());
        int tail = body.length - read.modelTo();
        byte[] renamed = new byte[read.modelFrom() + name.length + tail];
        System.arraycopy(body, 0, renamed, 0, read.modelFrom());
        System.arraycopy(name, 0, renamed, read.modelFrom(), name.length);
        System.arraycopy(body, read.modelTo(), renamed, read.modelFrom() + name.length, tail);
        return renamed;
    }
}
