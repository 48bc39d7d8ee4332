package dev.headgate.core.route;

/** Decides where each request goes, when, and what if that fails. */
public interface Router {
    /**
     * Routes a call for the first time. A refused call has ended; a routed or waiting one ends with exactly one
     * {@link Call#ended}.
     */
    Decision route(Call call);

    /** Takes back a call whose caller went away; without effect once it has ended. */
    void cancel(Call call);
}
