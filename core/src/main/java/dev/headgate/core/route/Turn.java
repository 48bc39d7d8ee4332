package dev.headgate.core.route;

/**
 * One call into a pool's router, from wherever: it changes something, waiting calls go on as far as they can, and callbacks
 * are delivered at the end of the outermost one; what they tell the router joins in. Confined to the pool's owner.
 */
final class Turn {
    private final PoolContext context;
    private final Runnable goOn;
    private int depth;

    /** Creates one in which waiting calls go on by {@code goOn}. */
    Turn(PoolContext context, Runnable goOn) {
        this.context = context;
        this.goOn = goOn;
    }

    void enter() {
        depth++;
    }

    void leave() {
        try {
            goOn.run();
            if (depth == 1) {
                context.deliver();
            }
        } finally {
            depth--;
        }
    }

    /** Does something within a turn, at the time that it is. */
    void take(Runnable change) {
        enter();
        try {
            context.now();
            change.run();
        } finally {
            leave();
        }
    }
}
