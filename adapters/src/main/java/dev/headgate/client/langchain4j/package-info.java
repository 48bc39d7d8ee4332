/**
 * LangChain4j's HTTP client over a {@link dev.headgate.client.FailoverClient}.
 *
 * <p>Start at {@link dev.headgate.client.langchain4j.FailoverHttpClientBuilder}, which a model's builder takes. It imports the
 * client and {@code langchain4j-http-client}, which applications bring themselves.
 *
 * <p>Nothing is registered as a service: with a second factory on the class path LangChain4j would refuse to start.
 */
@NullMarked
package dev.headgate.client.langchain4j;

import org.jspecify.annotations.NullMarked;
