/**
 * Which of the operating system's ways to move bytes the event loops use. Start with {@link
 * dev.headgate.gateway.transport.Transport}: the listener and the upstream side ask it for channels that fit the same
 * loops. Imports nothing of Headgate.
 */
@NullMarked
package dev.headgate.gateway.transport;

import org.jspecify.annotations.NullMarked;
