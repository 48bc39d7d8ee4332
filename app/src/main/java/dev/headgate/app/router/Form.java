package dev.headgate.app.router;

import java.util.Locale;

/** How the code of a router is given. */
public enum Form {
    /** A class on Headgate's class path. */
    CLASS,
    /** A jar. */
    JAR,
    /** A source file. */
    SOURCE;

    /** Returns the key of the configuration. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
