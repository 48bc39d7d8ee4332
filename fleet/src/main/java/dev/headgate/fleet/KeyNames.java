package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names of keys and of parts of backends. What users and callers named is percent-encoded but for letters, digits and
 * {@code . _ - /}, so that separators separate and nothing can be smuggled into a key.
 */
final class KeyNames {
    private final String prefix;

    KeyNames(String prefix) {
        this.prefix = prefix;
    }

    /** Returns the key of the register of until when a part is left alone. */
    String cool(BackendPart part) {
        return prefix + ":cool:" + name(part);
    }

    /** Returns the key of the register of what is left of a part's limits. */
    String left(BackendPart part) {
        return prefix + ":left:" + name(part);
    }

    /** Returns the key of the right to try a half-open backend. */
    String probe(BackendPart whole) {
        return prefix + ":probe:" + name(whole);
    }

    /** Returns the key of the bucket of a part's {@code limit}, {@code rpm} or {@code tpm}. */
    String limit(BackendPart part, String limit) {
        return prefix + ":" + limit + ":" + name(part);
    }

    /** Returns the key of the processes that share. */
    String members() {
        return prefix + ":members";
    }

    /** Returns the channel of what was learnt. */
    String channel() {
        return prefix + ":ev";
    }

    /** Returns {@code pool:backend[:model]}. */
    static String name(BackendPart part) {
        String whole = escaped(part.pool()) + ":" + escaped(part.backend());
        return part.upstreamModel() == null ? whole : whole + ":" + escaped(part.upstreamModel());
    }

    /** Returns the part of that name, null if it is none. */
    static @Nullable BackendPart part(String name) {
        String[] words = name.split(":", -1);
        if (words.length < 2 || words.length > 3) {
            return null;
        }
        try {
            String pool = unescaped(words[0]);
            String backend = unescaped(words[1]);
            return words.length == 2
                    ? BackendPart.whole(pool, backend)
                    : new BackendPart(pool, backend, unescaped(words[2]));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String escaped(String word) {
        StringBuilder escaped = new StringBuilder(word.length());
        for (byte each : word.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xFF);
            boolean isPlain = (letter >= 'a' && letter <= 'z')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= '0' && letter <= '9')
                    || "._-/".indexOf(letter) >= 0;
            if (isPlain) {
                escaped.append(letter);
            } else {
                escaped.append(String.format(Locale.ROOT, "%%%02X", (int) letter));
            }
        }
        return escaped.toString();
    }

    private static String unescaped(String word) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(word.length());
        for (int at = 0; at < word.length(); at++) {
            char letter = word.charAt(at);
            if (letter != '%') {
                bytes.write(letter);
                continue;
            }
            if (at + 2 >= word.length()) {
                throw new IllegalArgumentException("an escape that is cut off");
            }
            bytes.write(Integer.parseInt(word, at + 1, at + 3, 16));
            at += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
