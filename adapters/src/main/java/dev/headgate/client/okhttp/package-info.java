/**
 * Failover within OkHttp, for applications whose SDK takes an interceptor, as Spring AI does.
 *
 * <p>Start at {@link dev.headgate.client.okhttp.FailoverInterceptor}. OkHttp's interceptors stay on the thread of their call,
 * so the application's thread does all that blocks: {@code CallerTransport} holds the work, the interceptor does it until
 * there is an answer, and {@code AnswerSource} does it while the application reads.
 *
 * <p>Each attempt is a clone of the application's call, so that one that is too slow can be cancelled without the rest, and
 * so that a stream can be taken up again after OkHttp has let go of the call's chain.
 *
 * <p>It imports {@code dev.headgate.client}, OkHttp 4.12 and Okio only.
 */
@NullMarked
package dev.headgate.client.okhttp;

import org.jspecify.annotations.NullMarked;
