/**
 * The operator's door: the state of backends, draining, reloading, metrics and health, on a listener of its own.
 *
 * <p>Start with {@link dev.headgate.gateway.admin.AdminHandler}. May import {@code http} and {@code relay}.
 */
@NullMarked
package dev.headgate.gateway.admin;

import org.jspecify.annotations.NullMarked;
