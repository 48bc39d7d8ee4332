package dev.headgate.worker.store;

import java.nio.file.Path;

/**
 * The files of one model, present on this machine.
 *
 * @param label the name tasks use
 * @param version the version behind it, empty if the source has none
 * @param model the ONNX graph
 * @param tokenizer the tokenizer's JSON; may be missing on disk for a model that takes no text
 */
public record ModelFiles(String label, String version, Path model, Path tokenizer) {}
