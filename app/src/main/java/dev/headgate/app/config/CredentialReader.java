package dev.headgate.app.config;

import dev.headgate.gateway.relay.Credential;
import dev.headgate.gateway.relay.TokenProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** Reads how a backend is called. Nothing that may be a credential is shown in a problem. */
final class CredentialReader {
    /** Tokens of directories are a few thousand bytes. */
    private static final int LARGEST_BYTES = 64 << 10;

    /** What a header field can hold, without blanks. */
    private static final Pattern VALUE = Pattern.compile("[!-~]+");

    private static final Pattern LINE_END = Pattern.compile("(\r\n|\n|\r)\\z");

    /** Names of headers and providers are shorter than credentials. */
    private static final int SHOWN_CHARS = 24;

    private static final Kind<String> KEY = Kind.text(
                    "a key of visible ASCII characters",
                    text -> Optional.of(text).filter(CredentialReader::isKey))
            .shownAs(text -> Kind.HIDDEN);

    private static final Kind<Credential.Header> HEADER = Kind.choice(headers()).shownAs(CredentialReader::ifShort);

    private CredentialReader() {}

    static Credential read(Section section) {
        Optional<String> key = section.optional("apiKey", KEY);
        Optional<String> fileKey = section.optional(
                "apiKeyFile", section.reading().path("a readable file that holds one key", file -> key(section, file)));
        Credential.Header header = section.value("header", HEADER, Credential.Header.API_KEY);
        Optional<TokenProvider> provider = provider(section);
        section.end();
        List<String> given = List.of("apiKey", "apiKeyFile", "tokenProvider").stream()
                .filter(section::has)
                .toList();
        if (given.size() > 1) {
            section.problem(given.get(1), "a second credential (expected: " + given.getFirst() + " alone)");
        } else if (given.isEmpty() && section.has("header")) {
            section.problem("apiKey", "missing (expected: a key, or apiKeyFile)");
        } else if (section.has("tokenProvider") && section.has("header")) {
            section.problem("header", "a header (expected: none, as tokens always go in authorization)");
        }
        return provider.map(Credential::tokens)
                .or(() -> key.or(() -> fileKey).map(value -> Credential.apiKey(header, value)))
                .orElse(Credential.NONE);
    }

    private static Optional<TokenProvider> provider(Section section) {
        Map<String, TokenProvider> providers = new LinkedHashMap<>();
        if (section.has("tokenProvider")) {
            ServiceLoader.load(TokenProvider.class).forEach(provider -> providers.put(provider.name(), provider));
        }
        String expected = providers.isEmpty()
                ? "a token provider, of which none is on the class path"
                : "one of " + String.join(", ", providers.keySet());
        return section.optional(
                "tokenProvider",
                Kind.text(expected, name -> Optional.ofNullable(providers.get(name)))
                        .shownAs(CredentialReader::ifShort));
    }

    private static Map<String, Credential.Header> headers() {
        Map<String, Credential.Header> headers = new LinkedHashMap<>();
        for (Credential.Header header : Credential.Header.values()) {
            headers.put(header.fieldName(), header);
        }
        return headers;
    }

    private static String ifShort(String text) {
        return text.length() <= SHOWN_CHARS ? text : Kind.HIDDEN;
    }

    private static boolean isKey(String text) {
        return VALUE.matcher(text).matches();
    }

    private static Optional<String> key(Section section, Path file) {
        section.reading().uses(file);
        try {
            return Files.size(file) > LARGEST_BYTES
                    ? Optional.empty()
                    : Optional.of(LINE_END.matcher(Files.readString(file)).replaceFirst(""))
                            .filter(CredentialReader::isKey);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
