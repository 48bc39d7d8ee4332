package dev.headgate.app.config;

import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts the values of environment variables in the place of {@code ${NAME}}. What a variable holds is not looked into. */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final String OPENING = "${";

    private Variables() {}

    /** Returns the first reference that names no variable or one that is not set, without what stands around it. */
    static Optional<String> unresolved(String text, UnaryOperator<@Nullable String> environment) {
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            if (environment.apply(matcher.group(1)) == null) {
                return Optional.of(matcher.group());
            }
        }
        return REFERENCE.matcher(text).replaceAll("").contains(OPENING) ? Optional.of("${…}") : Optional.empty();
    }

    /** Returns the text with every reference replaced; all must be resolved. */
    static String expanded(String text, UnaryOperator<@Nullable String> environment) {
        return REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(String.valueOf(environment.apply(match.group(1)))));
    }
}
