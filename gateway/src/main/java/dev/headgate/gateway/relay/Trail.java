package dev.headgate.gateway.relay;

/** The attempts of one request, as {@code east=429/12ms,west=200/310ms}. Confined to the event loop. */
final class Trail {
    private static final int MAX_CHARS = 2000;

    private final StringBuilder text = new StringBuilder();

    void add(String backend, String outcome, long elapsedNanos) {
        if (text.length() < MAX_CHARS) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(backend)
                    .append('=')
                    .append(outcome)
                    .append('/')
                    .append(elapsedNanos / 1_000_000)
                    .append("ms");
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
