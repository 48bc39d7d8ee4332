package dev.headgate.lab.trace;

/** One JSON object per request with {@code timestamp} in ms and one of {@code hash_ids} per 512 tokens. */
final class MooncakeReader implements LineReader {
    private static final double MILLIS = 1e3;

    private final JsonLine json = new JsonLine("hash_ids");
    private final HashedPrompt prompts;

    MooncakeReader(TraceBuilder trace, boolean skipBad) {
        prompts = new HashedPrompt(trace, skipBad);
    }

    @Override
    public void read(String line, int number) {
        json.read(line);
        prompts.add(
                Fields.micros("timestamp", json.text("timestamp"), MILLIS),
                Fields.promptTokens("input_length", json.text("input_length")),
                Fields.answerTokens("output_length", json.text("output_length")),
                json.ids());
    }

    @Override
    public int cut() {
        return prompts.cut();
    }
}
