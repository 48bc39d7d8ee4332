package dev.headgate.worker.store;

import dev.headgate.worker.engine.LoadFailure;

/**
 * A label as the store reads it: {@code name} or {@code name:version}.
 *
 * @param name a single path component
 * @param version empty for the newest
 */
record ModelName(String name, String version) {
    private static final int MAX_LENGTH = 256;

    /** Parses a label, refusing one that could name a file outside its directory. */
    static ModelName parse(String label) throws LoadFailure {
        int colon = label.indexOf(':');
        ModelName parsed = colon < 0
                ? new ModelName(label, "")
                : new ModelName(label.substring(0, colon), label.substring(colon + 1));
        boolean versionMissing = colon >= 0 && parsed.version.isEmpty();
        if (label.length() > MAX_LENGTH
                || versionMissing
                || !isSafe(parsed.name)
                || !(parsed.version.isEmpty() || isSafe(parsed.version))) {
            throw LoadFailure.permanent(
                    "model name: " + printable(label)
                            + " (expected: NAME or NAME:VERSION without path separators, '..' or control characters)",
                    null);
        }
        return parsed;
    }

    private static boolean isSafe(String component) {
        return !component.isEmpty()
                && !component.startsWith(".")
                && !component.contains("..")
                && component.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
    }

    private static String printable(String label) {
        String start = label.length() > 64 ? label.substring(0, 64) + "..." : label;
        StringBuilder text = new StringBuilder();
        start.chars().forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
        return text.toString();
    }
}
