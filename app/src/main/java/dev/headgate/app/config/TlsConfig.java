package dev.headgate.app.config;

import java.nio.file.Path;

/**
 * How a listener shows who it is.
 *
 * @param certificate a chain in PEM, its own certificate first
 * @param key its private key in PEM
 */
public record TlsConfig(Path certificate, Path key) {}
