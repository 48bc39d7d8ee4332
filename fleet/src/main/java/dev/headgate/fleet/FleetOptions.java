package dev.headgate.fleet;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where state is shared. Does not show its password.
 *
 * @param host the server's name or address
 * @param port its port
 * @param isTls whether it is spoken to in TLS
 * @param user who logs in; null for the default user
 * @param password theirs; null for none
 * @param database the number of the database
 * @param prefix what all keys begin with: processes of one prefix share
 */
public record FleetOptions(
        String host,
        int port,
        boolean isTls,
        @Nullable String user,
        @Nullable String password,
        int database,
        String prefix) {
    /** What keys begin with where nothing else is said. */
    public static final String DEFAULT_PREFIX = "headgate";

    private static final int DEFAULT_PORT = 6379;
    private static final String EXPECTED =
            " (expected: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS)";

    public FleetOptions {
        if (!isPrefix(prefix)) {
            throw new FleetException("prefix: " + prefix + " (expected: 1 to 100 of A-Z a-z 0-9 . _ - :)");
        }
    }

    /**
     * Returns what a URL says.
     *
     * @throws FleetException if it is no such URL; its message does not repeat it, as it may hold a password
     */
    public static FleetOptions of(String redisUrl, String prefix) {
        URI url = parsed(redisUrl);
        boolean isTls = "rediss".equals(url.getScheme());
        if (!isTls && !"redis".equals(url.getScheme())) {
            throw new FleetException("redis: another scheme" + EXPECTED);
        }
        if (url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
            throw new FleetException("redis: a host is missing, or more than that follows it" + EXPECTED);
        }
        @Nullable String user = null;
        @Nullable String password = null;
        if (url.getRawUserInfo() != null) {
            int colon = url.getRawUserInfo().indexOf(':');
            if (colon < 0) {
                throw new FleetException("redis: a user without a password" + EXPECTED);
            }
            user = colon == 0 ? null : decoded(url.getRawUserInfo().substring(0, colon));
            password = decoded(url.getRawUserInfo().substring(colon + 1));
        }
        int port = url.getPort() == -1 ? DEFAULT_PORT : url.getPort();
        if (port < 1 || port > 65_535) {
            throw new FleetException("redis: port " + port + " (expected: 1..65535)");
        }
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        return new FleetOptions(host, port, isTls, user, password, database(url.getPath()), prefix);
    }

    /** Returns the server's host and port. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return "FleetOptions[" + (isTls ? "rediss://" : "redis://") + address() + "/" + database + ", prefix=" + prefix
                + "]";
    }

    private static URI parsed(String redisUrl) {
        try {
            return new URI(redisUrl);
        } catch (URISyntaxException e) {
            throw new FleetException("redis: no URL" + EXPECTED);
        }
    }

    private static int database(String path) {
        if (path.isEmpty() || path.equals("/")) {
            return 0;
        }
        if (!path.matches("/[0-9]{1,4}")) {
            throw new FleetException("redis: a path that is no number of a database" + EXPECTED);
        }
        return Integer.parseInt(path.substring(1));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new FleetException("redis: user and password are not percent-encoded" + EXPECTED);
        }
    }

    private static boolean isPrefix(String text) {
        return text.matches("[A-Za-z0-9._:-]{1,100}");
    }
}
