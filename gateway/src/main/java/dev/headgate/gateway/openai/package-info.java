/**
 * OpenAI's routes, answered by the dispatcher: {@code /v1/embeddings} and {@code /v1/models}.
 *
 * <p>Start with {@link dev.headgate.gateway.openai.EmbeddingsHandler}. A route is one handler here and one line in
 * {@link dev.headgate.gateway.GatewayServer}.
 */
@NullMarked
package dev.headgate.gateway.openai;

import org.jspecify.annotations.NullMarked;
