/**
 * HTTP as the handlers see it: a whole {@link dev.headgate.gateway.http.Exchange} over HTTP/1.1 or cleartext HTTP/2.
 *
 * <p>Start with {@link dev.headgate.gateway.http.HttpListener} and {@link dev.headgate.gateway.http.RequestReader}. Parsing
 * is Netty's; what is added here are limits: on headers, on bodies one by one and together, and on the time that a client
 * may take to send them. A refusal is one {@link dev.headgate.gateway.http.ErrorShape} of a
 * {@link dev.headgate.core.request.Failure}. Knows nothing of models or workers.
 */
@NullMarked
package dev.headgate.gateway.http;

import org.jspecify.annotations.NullMarked;
