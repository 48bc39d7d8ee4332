/**
 * What is asked and how it ends: the request as routing sees it, and the closed set of ways in which it can end.
 *
 * <p>Start with {@link dev.headgate.core.request.InferenceRequest}, then {@link dev.headgate.core.request.Outcome}.
 * Every way to fail is one {@link dev.headgate.core.request.FailureKind}, whose row fixes the HTTP status, the error
 * types and what may be retried; no edge maps failures by hand. To add one, add a constant: the table test and every
 * switch then ask for the rest. May import {@code time}.
 */
@NullMarked
package dev.headgate.core.request;

import org.jspecify.annotations.NullMarked;
