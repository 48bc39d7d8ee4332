/**
 * Routers that are not built in: classes of the class path, jars with a class loader of their own, and single source files
 * that are compiled in memory (routing.md §5).
 *
 * <p>Start with {@link dev.headgate.app.router.RouterLoader}, which turns a file or a name into {@link
 * dev.headgate.app.router.LoadedRouter}, of which the core makes routers. {@code SourceCompiler} and {@code JarReader} give
 * the classes, {@code RouterClasses} is the loader that holds them. {@link dev.headgate.app.router.RouterTrial} asks one a
 * few generated questions.
 *
 * <p>What cannot be loaded is an {@link java.lang.IllegalArgumentException} whose sentence names the file and what was
 * expected. A file is read once: what was read is what runs, whatever becomes of the file. Nothing here knows the
 * configuration or the server.
 */
@NullMarked
package dev.headgate.app.router;

import org.jspecify.annotations.NullMarked;
