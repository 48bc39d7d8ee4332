/**
 * What a client does, in the lines of SLF4J.
 *
 * <p>Start at {@link dev.headgate.client.slf4j.Slf4jListener}. It imports the client and {@code slf4j-api}, which applications
 * bring themselves.
 */
@NullMarked
package dev.headgate.client.slf4j;

import org.jspecify.annotations.NullMarked;
