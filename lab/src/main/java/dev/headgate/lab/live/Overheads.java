package dev.headgate.lab.live;

/**
 * Where real time was spent that a simulation does not model, in milliseconds.
 *
 * @param pathMs the median way of an answer that is given at once, to the gateway, to a server and back
 * @param heldMs how long servers held requests, so that with the way it is the engine's API delay
 * @param before from a request's due time until a server had it: sending, gateway, reading
 * @param after from the first token at the engine until its caller had it: writing, gateway, reading
 * @param lateness by how much engines' steps ended later than the model says
 */
public record Overheads(double pathMs, double heldMs, Delay before, Delay after, Delay lateness) {}
