package dev.headgate.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where the tokens of those who come in are kept. The tokens themselves stay where they are. */
final class Tokens {
    /** A token is a line; more is the wrong file. */
    private static final int LARGEST_BYTES = 4_096;

    private static final String KEY = "tokenFile";
    private static final String EXPECTED = "a readable file that holds one token";

    private Tokens() {}

    /** Returns the callers listed under {@code clients}. */
    static List<ClientAuth> clients(Section section) {
        List<ClientAuth> clients = new ArrayList<>();
        for (Section client : section.sections("clients")) {
            Optional<String> tenant = client.required("tenant", Kind.text("a name"));
            Optional<Path> token = required(client);
            double weight = client.value("weight", Kind.positiveNumber(), ClientAuth.DEFAULT_WEIGHT);
            client.end();
            if (tenant.isPresent() && token.isPresent()) {
                clients.add(new ClientAuth(tenant.get(), token.get(), weight));
            }
        }
        return clients;
    }

    /** Returns the token file of a section that must have one. */
    static Optional<Path> required(Section section) {
        return section.required(KEY, kind(section));
    }

    /** Returns the token file of a section that may have one. */
    static Optional<Path> optional(Section section) {
        return section.optional(KEY, kind(section));
    }

    private static Kind<Path> kind(Section section) {
        return section.reading().path(EXPECTED, path -> file(section, path));
    }

    private static Optional<Path> file(Section section, Path path) {
        section.reading().uses(path);
        try {
            return holdsToken(path) ? Optional.of(path) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean holdsToken(Path file) throws IOException {
        return Files.size(file) <= LARGEST_BYTES
                && Files.readString(file).strip().lines().count() == 1;
    }
}
