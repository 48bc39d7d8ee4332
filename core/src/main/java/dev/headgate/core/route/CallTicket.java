package dev.headgate.core.route;

import dev.headgate.core.admit.Ticket;
import dev.headgate.core.admit.WaitingRoom;

/** A ticket that knows its call. */
final class CallTicket extends Ticket {
    private final Call call;

    CallTicket(WaitingRoom room, Call call, long sequence, long arrivedNanos) {
        super(room, call.request(), sequence, arrivedNanos);
        this.call = call;
    }

    Call call() {
        return call;
    }
}
