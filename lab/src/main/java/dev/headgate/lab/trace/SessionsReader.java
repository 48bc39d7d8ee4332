package dev.headgate.lab.trace;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Conversations in a closed loop: turn 0 comes at {@code start_ms}, each further one {@code think_ms} after an answer. */
final class SessionsReader implements LineReader {
    private static final double MILLIS = 1e3;
    private static final int MOST_TURNS = 1_000_000;

    private final JsonLine json = new JsonLine("hash_ids");
    private final TraceBuilder trace;
    private final HashedPrompt prompts;
    private final Map<String, Map<Integer, Turn>> sessions = new LinkedHashMap<>();

    SessionsReader(TraceBuilder trace, boolean skipBad) {
        this.trace = trace;
        prompts = new HashedPrompt(trace, skipBad);
    }

    @Override
    public void read(String line, int number) {
        json.read(line);
        String session = json.text("session");
        if (session == null) {
            throw new BadTraceException("no session (expected: the name of the conversation)");
        }
        int turn = Fields.whole("turn", json.text("turn"), 0, MOST_TURNS);
        Map<Integer, Turn> turns = sessions.computeIfAbsent(session, name -> new HashMap<>());
        if (turns.containsKey(turn)) {
            throw new BadTraceException("session " + session + ": turn " + turn + " again (expected: each turn once)");
        }
        long micros = turn == 0
                ? Fields.micros("start_ms", json.text("start_ms"), MILLIS)
                : Fields.micros("session " + session + ": think_ms", json.text("think_ms"), MILLIS);
        int request = prompts.add(
                turn == 0 ? micros : Trace.AFTER_ANSWER,
                Fields.promptTokens("input_length", json.text("input_length")),
                Fields.answerTokens("output_length", json.text("output_length")),
                json.ids());
        int priority = Fields.whole("priority", json.text("priority", "0"), -10, 10);
        trace.label(json.text("tenant", ""), json.text("model", ""), session, priority);
        turns.put(turn, new Turn(request, micros));
    }

    @Override
    public void finish() {
        sessions.forEach((session, turns) -> {
            for (int turn = 0; turn < turns.size(); turn++) {
                if (!turns.containsKey(turn)) {
                    throw new BadTraceException("session " + session + ": no turn " + turn + " (expected: turns 0 to "
                            + (turns.size() - 1) + ")");
                }
            }
            for (int turn = 1; turn < turns.size(); turn++) {
                Turn later = turns.get(turn);
                Turn earlier = turns.get(turn - 1);
                if (later != null && earlier != null) {
                    trace.follows(later.request, earlier.request, later.micros);
                }
            }
        });
    }

    @Override
    public int cut() {
        return prompts.cut();
    }

    private record Turn(int request, long micros) {}
}
