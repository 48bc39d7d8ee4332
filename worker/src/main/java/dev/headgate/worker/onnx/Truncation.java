package dev.headgate.worker.onnx;

/** Cuts a tokenised text to a model's limit. */
final class Truncation {
    private Truncation() {}

    /**
     * Returns {@code ids} if they fit, else the first ones and the final special token.
     *
     * @param ids a whole text with its special tokens, for example [CLS] … [SEP]
     * @param maxTokens at least two
     */
    static long[] cut(long[] ids, int maxTokens) {
        if (ids.length <= maxTokens) {
            return ids;
        }
        long[] cut = new long[maxTokens];
        System.arraycopy(ids, 0, cut, 0, maxTokens - 1);
        cut[maxTokens - 1] = ids[ids.length - 1];
        return cut;
    }
}
