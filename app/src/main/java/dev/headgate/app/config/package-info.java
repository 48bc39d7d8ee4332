/**
 * The configuration file of {@code headgate serve}, read into immutable records.
 *
 * <p>Start with {@link dev.headgate.app.config.ServeConfigReader}, which knows every key, and
 * {@link dev.headgate.app.config.ServeConfig}, which holds what was read. {@code Section} is one mapping of the file
 * and turns its values into types; {@code YamlTree} is the only class that knows the YAML library.
 *
 * <p>Every problem of a file is reported with its line, not only the first. A key that is not known stops the start, and
 * so does one whose feature is not built. Records hold the paths of token files, never a token.
 *
 * <p>A new key is one record component with its default in the record's {@code DEFAULT}, one line in the reader and one
 * line in {@code ServeConfigReaderTest}.
 */
@NullMarked
package dev.headgate.app.config;

import org.jspecify.annotations.NullMarked;
