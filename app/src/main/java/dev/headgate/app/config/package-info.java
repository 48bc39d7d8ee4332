/**
 * The configuration file of {@code headgate serve}, read into immutable records, and its JSON Schema.
 *
 * <p>Start with {@link dev.headgate.app.config.ServeConfigReader}, which reads the top of the file and hands its parts to
 * the other readers ({@code PoolsReader}, {@code PoolReader}, {@code BackendReader}, {@code CredentialReader}, {@code
 * RouteReader}, {@code DispatchReader}), and with {@link dev.headgate.app.config.ServeConfig}, which holds what was read.
 * {@code Section} is one mapping of the file; a {@code Kind} is what a value may be, for the reader, for the one who reads
 * a problem, and for the schema. {@code YamlTree} and {@code Reading} are all that knows the YAML library.
 *
 * <p>The readers are also what the schema is made from: run on no file, they ask for every key once, and {@code Shape} notes
 * what they ask for. So a reader asks for all its keys whatever a file says.
 *
 * <p>Every problem of a file is reported with its line, not only the first. A key that is not known stops the start, and
 * so does one whose feature is not built. No problem shows a credential, and no record does: those of callers and workers
 * stay in their files, those of backends are in {@code Credential}, which does not print them.
 *
 * <p>A new key is one record component with its default, one line in a reader, one line in {@code keys.properties} that says
 * what it means, and one line in {@code RelayConfigTest} or {@code ServeConfigReaderTest}.
 */
@NullMarked
package dev.headgate.app.config;

import org.jspecify.annotations.NullMarked;
