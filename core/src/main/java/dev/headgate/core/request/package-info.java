/**
 * What is asked and how it ends: the request as routing sees it, what upstream answers mean, and the closed set of ways in
 * which a request can end.
 *
 * <p>Start with {@link dev.headgate.core.request.InferenceRequest}, then {@link dev.headgate.core.request.Outcome}.
 * Every way to fail is one {@link dev.headgate.core.request.FailureKind}, whose row fixes the HTTP status, the error
 * types and what may be retried; no edge maps failures by hand. To add one, add a constant: the table test and every
 * switch then ask for the rest.
 *
 * <p>For requests that are passed on to other providers, {@link dev.headgate.core.request.RequestTarget} and
 * {@link dev.headgate.core.request.RequestFacts} say what path and body ask for, and
 * {@link dev.headgate.core.request.AnswerClassifier} what an answer means. They read what strangers wrote: none of them
 * throws on it, copies bodies or reads more than it must. {@link dev.headgate.core.request.JsonCursor} is the one reader
 * of JSON. May import {@code time}.
 */
@NullMarked
package dev.headgate.core.request;

import org.jspecify.annotations.NullMarked;
