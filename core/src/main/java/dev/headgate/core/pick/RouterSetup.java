package dev.headgate.core.pick;

import dev.headgate.core.time.Ticker;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a router gets before its first choice. */
public interface RouterSetup {
    /** Returns the name of the pool. */
    String pool();

    /** Returns the time that it may go by. */
    Ticker ticker();

    /** Returns the chance that it may use; seeded, for this router alone. */
    RandomGenerator random();

    /** Returns the parameters of the configuration. */
    Parameters parameters();

    /** Returns what the router before this one handed over, null if there was none or it handed over nothing. */
    @Nullable
    Object previousState();

    /** Returns the part that prefers endpoints that are near. */
    RouterPart locality();

    /** Returns the part that prefers endpoints that hold the model. */
    RouterPart models();

    /** Returns the part that keeps a session where it is. */
    RouterPart sessions();

    /** The parameters of a router, each a text, a number or a flag. */
    interface Parameters {
        /** Returns the text called {@code key}, {@code other} if it is not given. */
        String text(String key, String other);

        /** Returns the number called {@code key}, {@code other} if it is not given. */
        double number(String key, double other);

        /** Returns the flag called {@code key}, {@code other} if it is not given. */
        boolean flag(String key, boolean other);

        /** Returns the keys that are given. */
        Set<String> keys();
    }
}
