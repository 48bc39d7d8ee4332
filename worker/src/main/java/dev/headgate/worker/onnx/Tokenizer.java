package dev.headgate.worker.onnx;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.headgate.worker.engine.LoadFailure;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One tokenizer.json, in Hugging Face's own implementation, so that ids are the reference's.
 *
 * <p>The native library is called directly: the wrapper above it fetches offsets and strings nobody needs here and tells
 * its makers about its use. What the file says about cutting and padding is switched off. Thread-safe until closed.
 */
final class Tokenizer implements AutoCloseable {
    private static final boolean SPECIAL_TOKENS = true;
    private static final Cleaner CLEANER = Cleaner.create();

    private final long handle;
    private final Cleaner.Cleanable release;

    private Tokenizer(long handle) {
        this.handle = handle;
        this.release = CLEANER.register(this, () -> TokenizersLibrary.LIB.deleteTokenizer(handle));
    }

    /** Reads a tokenizer.json; the native library must have been {@linkplain TokenizerLibrary#prepare prepared} before. */
    static Tokenizer open(String label, Path file) throws LoadFailure {
        String json;
        try {
            json = Files.readString(file);
        } catch (IOException e) {
            throw LoadFailure.permanent(
                    "model " + label + ": tokenizer " + file
                            + " is missing or unreadable; put the model's tokenizer.json there",
                    e);
        }
        TokenizerLibrary.load(label);
        try {
            long handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
            TokenizersLibrary.LIB.disableTruncation(handle);
            TokenizersLibrary.LIB.disablePadding(handle);
            return new Tokenizer(handle);
        } catch (RuntimeException e) {
            throw LoadFailure.permanent(
                    "model " + label + ": tokenizer " + file + " is not a tokenizer.json that can be read ("
                            + e.getMessage() + "); replace it by the model's own",
                    e);
        }
    }

    /** Returns the ids of the whole text with its special tokens; an unpaired surrogate counts as U+FFFD. */
    long[] encode(String text) {
        long encoding = TokenizersLibrary.LIB.encode(handle, wellFormed(text), SPECIAL_TOKENS);
        try {
            return TokenizersLibrary.LIB.getTokenIds(encoding);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    @Override
    public void close() {
        release.clean();
    }

    /** Returns the text with every unpaired surrogate replaced, the same object if there is none. */
    static String wellFormed(String text) {
        int bad = firstUnpaired(text, 0);
        if (bad < 0) {
            return text;
        }
        StringBuilder fixed = new StringBuilder(text);
        for (; bad >= 0; bad = firstUnpaired(text, bad + 1)) {
            fixed.setCharAt(bad, '\uFFFD');
        }
        return fixed.toString();
    }

    private static int firstUnpaired(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            return i;
        }
        return -1;
    }
}
