/**
 * The server: one listener whose routes are OpenAI's, smart-routing's and the workers'.
 *
 * <p>Start with {@link dev.headgate.gateway.GatewayServer}, which holds the route table. {@code http} reads requests,
 * {@code dispatch} runs tasks on workers, {@code openai} speaks OpenAI's language; each may import those before it. Of
 * other modules it may import the core and the worker's protocol.
 */
@NullMarked
package dev.headgate.gateway;

import org.jspecify.annotations.NullMarked;
