/**
 * What the core costs per decision, measured with JMH in a forked JVM, with the bytes that it allocates.
 *
 * <p>Start with {@link dev.headgate.lab.bench.CoreBench}, which runs {@link dev.headgate.lab.bench.CoreBenchmarks},
 * {@link dev.headgate.lab.bench.PolicyBenchmarks} and {@link dev.headgate.lab.bench.SignalBenchmarks} and holds the figures against their targets. To add a figure: a method in one of them and a row in {@code CoreBench}.
 */
@NullMarked
package dev.headgate.lab.bench;

import org.jspecify.annotations.NullMarked;
