package dev.headgate.core.pick;

import dev.headgate.core.request.InferenceRequest;
import dev.headgate.core.request.Prompt;
import dev.headgate.core.time.Deadline;

/** A request of which a test says what it cares for. */
final class FakeRequest implements PendingRequest {
    private final RoutingContext context = new RoutingContext();
    private final long id;
    private int tokens;
    private String session = "";
    private String model = "";

    private FakeRequest(long id) {
        this.id = id;
    }

    static FakeRequest of(long id) {
        return new FakeRequest(id);
    }

    FakeRequest tokens(int count) {
        tokens = count;
        return this;
    }

    FakeRequest session(String name) {
        session = name;
        return this;
    }

    FakeRequest adapter(String name) {
        model = name;
        return this;
    }

    @Override
    public InferenceRequest request() {
        return InferenceRequest.of("id", "m", "chat").withPrompt(new Prompt(tokens, 64, new long[0]));
    }

    @Override
    public RequestMetadata metadata() {
        return new RequestMetadata(
                "id",
                id,
                "chat",
                "/v1/chat/completions",
                "",
                model,
                session,
                true,
                RequestMetadata.Protocol.HTTP,
                InferenceRequest.ANYONE,
                0,
                Deadline.NEVER);
    }

    @Override
    public long createdAtNanos() {
        return 0;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public RoutingContext context() {
        return context;
    }
}
