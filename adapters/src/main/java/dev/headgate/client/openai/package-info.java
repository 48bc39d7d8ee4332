/**
 * Failover beneath openai-java, and beneath what is built on it, as Spring AI is.
 *
 * <p>Start at {@link dev.headgate.client.openai.FailoverHttpClient}. It needs {@code com.openai:openai-java-core}, 4.49 or
 * later, and uses nothing of it that came after 4.49.
 *
 * <p>Invariants: what the application closes or cancels is cancelled at the backend; the SDK's own retries stay above and
 * see each answer as it is. It imports {@code dev.headgate.client} and the SDK's core only.
 */
@NullMarked
package dev.headgate.client.openai;

import org.jspecify.annotations.NullMarked;
