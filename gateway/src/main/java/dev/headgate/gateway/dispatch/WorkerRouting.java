package dev.headgate.gateway.dispatch;

import dev.headgate.core.route.RouterSettings;

/**
 * The router that chooses among workers.
 *
 * @param pool the name of the workers' pool
 * @param settings which router, and how it is started
 */
public record WorkerRouting(String pool, RouterSettings settings) {}
