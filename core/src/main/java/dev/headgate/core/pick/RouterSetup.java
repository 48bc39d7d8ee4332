package dev.headgate.core.pick;

import dev.headgate.core.time.Ticker;
import java.util.List;
import java.util.Map;
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

    /** The parameters of a router, each a text, a number, a flag or a list. */
    interface Parameters {
        /**
         * Returns the parameters in {@code values}: texts, {@link Number}s, {@link Boolean}s, lists of texts and maps. A text
         * that reads as a number or a flag is one where that is asked for, and {@code infinity} and {@code off} are numbers:
         * a bound that is never reached.
         */
        static Parameters of(Map<String, ?> values) {
            return new MapParameters(values);
        }

        /**
         * Returns the text called {@code key}, {@code other} if it is not given.
         *
         * @throws IllegalArgumentException if it is a list or an object; likewise below if it does not read as what is asked
         */
        String text(String key, String other);

        /** Returns the number called {@code key}, {@code other} if it is not given. */
        double number(String key, double other);

        /** Returns the flag called {@code key}, {@code other} if it is not given. */
        boolean flag(String key, boolean other);

        /**
         * Returns the objects in the list called {@code key}, none if it is not given; a text in the place of an object
         * reads as one that has it as its {@code name}.
         */
        default List<Parameters> objects(String key) {
            return List.of();
        }

        /** Returns the keys that are given. */
        Set<String> keys();
    }
}
