package dev.headgate.core.admit;

import java.util.Optional;

/** Decides whether one more request may wait. Confined to the owner of the waiting room; allocates only to refuse. */
public final class Admission {
    private final AdmissionLimits limits;
    private final WaitingRoom room;

    /** Guards {@code room} by {@code limits}. */
    public Admission(AdmissionLimits limits, WaitingRoom room) {
        this.limits = limits;
        this.room = room;
    }

    /** Returns why {@code ticket} may not wait as one clear sentence, empty if it may. */
    public Optional<String> refusal(Ticket ticket) {
        String label = ticket.request().model();
        if (room.size() >= limits.pending()) {
            return Optional.of(
                    "the queue is full: " + room.size() + " requests wait (limit: " + limits.pending() + ")");
        }
        if (room.waitingFor(label) >= limits.pendingPerLabel()) {
            return Optional.of("the queue of " + label + " is full: " + room.waitingFor(label)
                    + " requests wait (limit: " + limits.pendingPerLabel() + ")");
        }
        if (room.bytes() + ticket.request().bodyBytes() > limits.pendingBytes()) {
            return Optional.of(
                    "the queue is full: " + room.bytes() + " bytes wait (limit: " + limits.pendingBytes() + ")");
        }
        Tenant tenant = ticket.tenant();
        int mayHold = (int) (limits.pending() * limits.tenantShare());
        if (tenant.waiting >= mayHold && room.othersWait(tenant)) {
            return Optional.of("tenant " + tenant.name() + " has " + tenant.waiting
                    + " requests waiting (limit while others wait: " + mayHold + ")");
        }
        return Optional.empty();
    }
}
