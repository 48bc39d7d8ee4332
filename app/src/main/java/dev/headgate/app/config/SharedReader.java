package dev.headgate.app.config;

import dev.headgate.fleet.FleetException;
import dev.headgate.fleet.FleetOptions;
import java.util.Optional;

/** Reads where state is shared with other processes (gateway.md §12). No problem repeats the URL, which may hold a password. */
final class SharedReader {
    private static final Kind<String> REDIS =
            Kind.text("a URL of Redis or Valkey").shownAs(text -> Kind.HIDDEN);

    private static final Kind<String> PREFIX = Kind.text("1 to 100 of A-Z a-z 0-9 . _ - :");

    private static final Kind<String> LIMITS = Kind.text(
            "leased, as with exact each request would wait for the server",
            text -> Optional.of(text).filter("leased"::equals));

    private SharedReader() {}

    static Optional<FleetOptions> read(Section section) {
        Optional<String> redis = section.required("redis", REDIS);
        String prefix = section.value("prefix", PREFIX, FleetOptions.DEFAULT_PREFIX);
        section.value("limits", LIMITS, "leased");
        section.end();
        return redis.flatMap(url -> options(section, url, prefix));
    }

    private static Optional<FleetOptions> options(Section section, String url, String prefix) {
        try {
            return Optional.of(FleetOptions.of(url, prefix));
        } catch (FleetException e) {
            String message = String.valueOf(e.getMessage());
            int colon = message.indexOf(": ");
            section.problem(message.substring(0, colon), message.substring(colon + 2));
            return Optional.empty();
        }
    }
}
