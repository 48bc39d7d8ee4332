/**
 * The JDK's HTTP client over a {@link dev.headgate.client.FailoverClient}: wherever a {@link java.net.http.HttpClient} is taken,
 * failover can be given.
 *
 * <p>Start at {@link dev.headgate.client.jdk.FailoverHttpClient}. It imports the client, the core's settings and the JDK.
 */
@NullMarked
package dev.headgate.client.jdk;

import org.jspecify.annotations.NullMarked;
