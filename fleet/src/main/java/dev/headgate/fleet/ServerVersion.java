package dev.headgate.fleet;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a server is new enough. */
final class ServerVersion {
    private static final Pattern VERSION =
            Pattern.compile("(?m)^redis_version:(\\d{1,6})\\.(\\d{1,6})([^\\r\\n]{0,40})");
    private static final int MAJOR = 6;
    private static final int MINOR = 2;

    private ServerVersion() {}

    /**
     * Checks what {@code INFO server} returned; one that does not tell is taken. Valkey tells the version of Redis that it
     * can stand in for.
     *
     * @throws FleetException if it is too old
     */
    static void check(String info, String address) {
        Matcher found = VERSION.matcher(info);
        if (!found.find()) {
            return;
        }
        int major = Integer.parseInt(found.group(1));
        int minor = Integer.parseInt(found.group(2));
        if (major < MAJOR || (major == MAJOR && minor < MINOR)) {
            throw new FleetException("redis: " + address + " is version " + major + "." + minor + found.group(3)
                    + " (expected: Redis " + MAJOR + "." + MINOR + " or newer, or Valkey)");
        }
    }
}
