package dev.headgate.app;

import java.nio.file.Path;

/** Where the sources under test stand; Surefire runs each module's tests in the module's folder. */
final class SourceTree {
    static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();

    private SourceTree() {}
}
