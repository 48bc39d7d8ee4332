package dev.headgate.lab.engine;

/**
 * The requests that decode. All take one token of every step, so a step costs the same however many they are: what is kept is
 * the count of steps at which each is complete.
 */
final class Decoders {
    private static final int NONE = -1;

    private final RequestStates states;
    private final FinishQueue finishing = new FinishQueue();
    private int newest = NONE;
    private int count;
    private long steps;
    private long contextTokens;

    Decoders(RequestStates states) {
        this.states = states;
    }

    int count() {
        return count;
    }

    /** Returns the tokens of prompts and answers of all of them. */
    long contextTokens() {
        return contextTokens;
    }

    /** Returns the one that began last; there must be one. */
    int newest() {
        return newest;
    }

    /** Adds {@code request}, which lacks {@code missing} tokens. */
    void add(int request, int missing, long context) {
        states.finishStep[request] = steps + missing;
        finishing.add(steps + missing, request);
        states.olderDecoder[request] = newest;
        states.newerDecoder[request] = NONE;
        if (newest != NONE) {
            states.newerDecoder[newest] = request;
        }
        newest = request;
        count++;
        contextTokens += context;
    }

    /** All have made a token. */
    void stepped() {
        steps++;
        contextTokens += count;
    }

    /** Takes one that is complete; −1 if there is none. */
    int pollComplete() {
        while (finishing.nextStep() <= steps) {
            int request = finishing.poll();
            if (states.finishStep[request] == steps) {
                return request;
            }
        }
        return NONE;
    }

    /** Returns the tokens that {@code request} lacks. */
    int missing(int request) {
        return (int) (states.finishStep[request] - steps);
    }

    /** Removes {@code request}, which has {@code context} tokens by now. */
    void remove(int request, long context) {
        int before = states.olderDecoder[request];
        int after = states.newerDecoder[request];
        if (after == NONE) {
            newest = before;
        } else {
            states.olderDecoder[after] = before;
        }
        if (before != NONE) {
            states.newerDecoder[before] = after;
        }
        states.finishStep[request] = NONE;
        count--;
        contextTokens -= context;
    }

    /** Returns the one that began before {@code request}, −1 if it was the first. */
    int older(int request) {
        return states.olderDecoder[request];
    }

    void clear() {
        finishing.clear();
        newest = NONE;
        count = 0;
        contextTokens = 0;
    }
}
