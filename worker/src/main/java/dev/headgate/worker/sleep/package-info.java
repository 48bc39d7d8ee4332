/**
 * An engine that only passes time, for tests and benchmarks of everything around the models.
 *
 * <p>Start with {@link dev.headgate.worker.sleep.SleepEngine}. It loads any label after a drawn load time and runs the
 * task type {@code sleep}, also called {@code sample_task}. Draws come from one seeded generator. This package imports
 * {@code engine} and nothing else of Headgate.
 */
@NullMarked
package dev.headgate.worker.sleep;

import org.jspecify.annotations.NullMarked;
