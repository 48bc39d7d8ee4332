package dev.headgate.core.pick;

/**
 * What {@code compose:} puts in front of a policy, routing.md §4.
 *
 * @param multiplex whether endpoints that hold the request's model are preferred
 * @param sessions whether a session stays on its endpoint
 * @param locality whether near endpoints are preferred; what is near is the pool's to know
 * @param fifo whether an endpoint that was found goes to the request that waits longest, whoever found it
 */
public record Composition(boolean multiplex, boolean sessions, boolean locality, boolean fifo) {
    /** Models are matched; the rest is off. */
    public static final Composition DEFAULT = new Composition(true, false, false, false);
}
