package dev.headgate.app.config;

import java.nio.file.Path;

/**
 * One token with which callers come in, and the tenant they then belong to.
 *
 * @param tokenFile a file that holds the token alone
 * @param weight the tenant's share of the service against other tenants, above 0
 */
public record ClientAuth(String tenant, Path tokenFile, double weight) {
    /** The weight of a client that names none. */
    public static final double DEFAULT_WEIGHT = 1;
}
