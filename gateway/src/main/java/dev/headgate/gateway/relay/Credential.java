package dev.headgate.gateway.relay;

/**
 * What a backend is shown. The value is never printed: no case has it in its {@code toString}.
 *
 * <p>Build with the factories.
 */
public sealed interface Credential {
    /** The backend is shown none, and the caller's is dropped. */
    Credential NONE = new None();

    /** The caller's own is passed on, save cookies and what is meant for proxies. */
    Credential FORWARDED = new Forwarded();

    /** Returns a fixed key, sent in {@code header}; in {@code authorization} after {@code Bearer}. */
    static Credential apiKey(Header header, String key) {
        return new Key(header, header == Header.AUTHORIZATION ? "Bearer " + key : key);
    }

    /** Returns a token that changes, sent in {@code authorization}. */
    static Credential tokens(TokenProvider provider) {
        return new Tokens(provider);
    }

    /** Where a key is sent. */
    enum Header {
        /** {@code api-key}, as Azure has it. */
        API_KEY("api-key"),
        /** {@code x-api-key}. */
        X_API_KEY("x-api-key"),
        /** {@code authorization}, after {@code Bearer}. */
        AUTHORIZATION("authorization");

        private final String fieldName;

        Header(String fieldName) {
            this.fieldName = fieldName;
        }

        /** Returns the name of the field, in lower case. */
        public String fieldName() {
            return fieldName;
        }
    }

    /** No credential. */
    record None() implements Credential {}

    /** The caller's. */
    record Forwarded() implements Credential {}

    /**
     * A fixed key.
     *
     * @param header where it goes
     * @param value the whole field value
     */
    record Key(Header header, String value) implements Credential {
        public Key {
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                    throw new IllegalArgumentException("apiKey: *** (expected: printable ASCII without line ends)");
                }
            }
        }

        @Override
        public String toString() {
            return "Key[" + header.fieldName() + ": …]";
        }
    }

    /**
     * A token that changes.
     *
     * @param provider who gives it
     */
    record Tokens(TokenProvider provider) implements Credential {
        @Override
        public String toString() {
            return "Tokens[" + provider.name() + "]";
        }
    }
}
