package dev.headgate.lab.live;

/** Hears of the tokens that engines make, at the end of each step. */
interface TokenSink {
    /** The first tokens of the answer to {@code request} are told next. */
    void begins(int request);

    /** {@code count} ≥ 1 more tokens of the answer to {@code request} are there. */
    void tokens(int request, int count);

    /** The answer to {@code request} is complete; its last token was told before. */
    void completed(int request);
}
