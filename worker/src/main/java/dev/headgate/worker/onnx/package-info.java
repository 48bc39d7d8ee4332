/**
 * Embedding models on ONNX Runtime, inside this JVM.
 *
 * <p>Start with {@link dev.headgate.worker.onnx.OnnxEngine}, which loads a label's graph and tokenizer into an
 * {@code OnnxModel}. A task's way: {@code TextParameters} reads it, {@code Tokenizer} and {@code Truncation} turn texts
 * into ids, {@code Batches} groups them, {@code EmbeddingSession} runs the graph, {@code Pooling} makes one vector of the
 * tokens' vectors, and {@code EmbeddingJson} writes the answer.
 *
 * <p>Invariants: a text's vector does not depend on its batch mates, so quantised graphs run one text at a time; cutting
 * and padding are decided here and never by tokenizer.json; nothing here opens a network connection.
 *
 * <p>To add a model family, add a line to {@code ModelFamily} and a case to the comparison with the reference. This
 * package imports {@code engine} and {@code store} and nothing else of Headgate.
 */
@NullMarked
package dev.headgate.worker.onnx;

import org.jspecify.annotations.NullMarked;
