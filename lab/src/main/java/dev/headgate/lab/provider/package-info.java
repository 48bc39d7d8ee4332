/**
 * A provider of language models that exists only to be misused: it speaks OpenAI's HTTP on a loopback port and plays, try
 * by try, the faults it is told to.
 *
 * <p>Start with {@link dev.headgate.lab.provider.FakeProvider}: give each model a {@link
 * dev.headgate.lab.provider.Script}, which decides the {@link dev.headgate.lab.provider.Conduct} of every try, and read the
 * {@link dev.headgate.lab.provider.Try tries} afterwards. Every model answers with the same {@link
 * dev.headgate.lab.provider.CanonicalAnswer}, so a caller can tell a whole answer from a truncated or doubled one.
 *
 * <p>It writes on raw sockets, a virtual thread per connection, as an HTTP library would repair what is to be broken. To
 * add a fault: a record in {@link dev.headgate.lab.provider.Conduct} or {@link dev.headgate.lab.provider.Flaw} and its case
 * in {@code Player}. It imports nothing of Headgate.
 */
@NullMarked
package dev.headgate.lab.provider;

import org.jspecify.annotations.NullMarked;
