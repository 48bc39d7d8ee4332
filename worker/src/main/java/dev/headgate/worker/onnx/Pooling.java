package dev.headgate.worker.onnx;

import java.nio.FloatBuffer;

/** Makes one vector of the vectors of a text's tokens. */
enum Pooling {
    /** The mean over the text's own tokens; padding does not count. */
    MEAN {
        @Override
        float[] pool(FloatBuffer tokens, int offset, int tokenCount, int dim) {
            float[] sum = new float[dim];
            for (int token = 0; token < tokenCount; token++) {
                int row = offset + token * dim;
                for (int i = 0; i < dim; i++) {
                    sum[i] += tokens.get(row + i);
                }
            }
            for (int i = 0; i < dim; i++) {
                sum[i] /= tokenCount;
            }
            return sum;
        }
    },
    /** The vector of the first token, [CLS]. */
    FIRST_TOKEN {
        @Override
        float[] pool(FloatBuffer tokens, int offset, int tokenCount, int dim) {
            float[] first = new float[dim];
            tokens.get(offset, first);
            return first;
        }
    };

    /**
     * Returns the pooled vector.
     *
     * @param tokens rows of {@code dim} values
     * @param offset where the text's first row starts
     * @param tokenCount the text's own tokens, at least one
     */
    abstract float[] pool(FloatBuffer tokens, int offset, int tokenCount, int dim);

    /** Scales {@code vector} in place to length one; a zero vector stays, NaN and infinity spread. */
    static void normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares);
        if (length == 0) {
            return;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
    }
}
