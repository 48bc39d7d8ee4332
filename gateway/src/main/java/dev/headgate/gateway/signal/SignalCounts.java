package dev.headgate.gateway.signal;

import dev.headgate.core.signal.EngineFault;

/** Counts what backends were asked and what came of it. Called on event loops: quick, and throws nothing. */
public interface SignalCounts {
    /**
     * A question ended.
     *
     * @param labels the backend's, as metrics have them
     * @param what was asked: {@code metrics}, {@code ongoing} or {@code stats}
     * @param result {@code ok} or what was wrong, of a closed set
     */
    void asked(String labels, String what, String result);

    /** Something that an engine reported was not believed, {@code times} ≥ 1 times on one page. */
    void dropped(String labels, EngineFault fault, long times);
}
