/**
 * The gateways that Headgate is measured beside, and the meters that read what a process has used.
 *
 * <p>Start with {@link dev.headgate.lab.rival.Rival}: each is started as a child process on a core of its own with the
 * configuration that lies beside this package's classes, tuned as its documentation advises. {@link
 * dev.headgate.lab.rival.ProcessTree} reads CPU time and memory from the operating system, {@link
 * dev.headgate.lab.rival.SyscallMeter} counts system calls by strace, {@link dev.headgate.lab.rival.HeapMeter} asks a JVM
 * what its threads have allocated. What is not installed or not permitted is absent, never guessed.
 *
 * <p>To add a rival: a constant in {@code Rival}, its configuration, and its line in the script {@code set-up}. It imports
 * only {@code lab.load}.
 */
@NullMarked
package dev.headgate.lab.rival;

import org.jspecify.annotations.NullMarked;
