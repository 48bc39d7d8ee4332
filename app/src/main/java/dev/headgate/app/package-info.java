/**
 * The program: its commands, its configuration and the wiring of all modules. Nothing imports it.
 *
 * <p>Start with {@link dev.headgate.app.Main}; each command is a class of its own. Results go to standard output,
 * diagnostics to standard error. A command ends with 0 when all is well, 1 when it failed and 2 when it was used
 * wrongly, which includes its configuration file; a wrong use is answered in one sentence per problem.
 *
 * <p>A new command is one class and one line in {@code Main}.
 */
@NullMarked
package dev.headgate.app;

import org.jspecify.annotations.NullMarked;
