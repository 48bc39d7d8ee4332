package dev.headgate.lab.script;

import dev.headgate.core.pick.RequestRouter;
import java.util.Optional;

/** Loads the code of routers that a script names by their files. */
public interface RouterFiles {
    /** Loads none. */
    RouterFiles NONE = new RouterFiles() {
        @Override
        public RequestRouter jar(String file, Optional<String> className) {
            throw new IllegalArgumentException("jar: " + file + " (expected: policy or class, as no files are loaded)");
        }

        @Override
        public RequestRouter source(String file) {
            throw new IllegalArgumentException(
                    "source: " + file + " (expected: policy or class, as no files are loaded)");
        }
    };

    /**
     * Loads {@code className} from a jar, or the one router that the jar names as its provider.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    RequestRouter jar(String file, Optional<String> className);

    /**
     * Compiles a source file.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    RequestRouter source(String file);
}
