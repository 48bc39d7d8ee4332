package dev.headgate.lab.trace;

/** Adds a request whose prompt is named by one id per unit, and keeps the rules about their number. */
final class HashedPrompt {
    private final TraceBuilder trace;
    private final boolean skipBad;
    private int cut;

    HashedPrompt(TraceBuilder trace, boolean skipBad) {
        this.trace = trace;
        this.skipBad = skipBad;
    }

    /** Adds it; too few ids are refused, too many are cut off if bad lines are to be skipped. */
    int add(long arrivalMicros, int input, int output, long[] ids) {
        int needed = (input + trace.unitTokens() - 1) / trace.unitTokens();
        if (ids.length < needed || (ids.length > needed && !skipBad)) {
            throw new BadTraceException("hash_ids: " + ids.length + " of them (expected: " + needed + ", one per "
                    + trace.unitTokens() + " of " + input + " tokens)");
        }
        cut += ids.length > needed ? 1 : 0;
        int request = trace.add(arrivalMicros, input, output);
        for (int k = 0; k < needed; k++) {
            trace.unit(ids[k]);
        }
        return request;
    }

    int cut() {
        return cut;
    }
}
