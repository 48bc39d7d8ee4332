/**
 * The Azure SDK's HTTP client over a {@link dev.headgate.client.FailoverClient}.
 *
 * <p>Start at {@link dev.headgate.client.azure.FailoverHttpClient}. It imports the client, {@code azure-core} and Reactor, which
 * applications bring themselves.
 */
@NullMarked
package dev.headgate.client.azure;

import org.jspecify.annotations.NullMarked;
