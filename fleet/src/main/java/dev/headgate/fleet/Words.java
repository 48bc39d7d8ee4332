package dev.headgate.fleet;

import dev.headgate.core.request.CoolingCause;
import org.jspecify.annotations.Nullable;

/** Reads words that another process wrote, or whoever else writes to the server: nothing is taken for granted. */
final class Words {
    private static final int MAX_DIGITS = 18;

    private Words() {}

    /** Returns a number ≥ 0, −1 if it is none. */
    static long number(String word) {
        if (word.isEmpty() || word.length() > MAX_DIGITS) {
            return -1;
        }
        for (int at = 0; at < word.length(); at++) {
            if (word.charAt(at) < '0' || word.charAt(at) > '9') {
                return -1;
            }
        }
        return Long.parseLong(word);
    }

    /** Returns the cause of that name, null if there is none that is shared. */
    static @Nullable CoolingCause cause(String word) {
        return switch (word) {
            case "THROTTLED" -> CoolingCause.THROTTLED;
            case "FAILED" -> CoolingCause.FAILED;
            case "AUTH" -> CoolingCause.AUTH;
            case "QUOTA" -> CoolingCause.QUOTA;
            default -> null;
        };
    }
}
