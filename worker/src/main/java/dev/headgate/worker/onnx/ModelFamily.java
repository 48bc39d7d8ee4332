package dev.headgate.worker.onnx;

import java.util.Locale;

/**
 * How the models of one family are meant to be used; their files do not say it reliably.
 *
 * @param maxTokens the longest input, special tokens included
 */
record ModelFamily(Pooling pooling, int maxTokens) {
    private static final ModelFamily MINILM = new ModelFamily(Pooling.MEAN, 256); // what it was trained with
    private static final ModelFamily BGE = new ModelFamily(Pooling.FIRST_TOKEN, 512);
    private static final ModelFamily E5 = new ModelFamily(Pooling.MEAN, 512);

    /** BERT's positions end at 512, and the mean is what most sentence encoders use. */
    private static final ModelFamily OTHER = new ModelFamily(Pooling.MEAN, 512);

    /** Returns the family that a label belongs to by its name. */
    static ModelFamily of(String label) {
        String name = label.toLowerCase(Locale.ROOT);
        if (name.contains("minilm")) {
            return MINILM;
        }
        if (name.contains("bge-")) {
            return BGE;
        }
        return name.contains("e5-") ? E5 : OTHER;
    }
}
