package dev.headgate.client;

import java.nio.ByteBuffer;
import java.util.List;

/** Brings what one sending of an attempt tells into the call's turn; what comes after its end is dropped. */
final class Transmission implements Transport.Receiver {
    private final ClientAttempt attempt;
    private final int number;
    private boolean isOver; // in turn

    Transmission(ClientAttempt attempt, int number) {
        this.attempt = attempt;
        this.number = number;
    }

    /** Returns its place among those of the attempt. */
    int number() {
        return number;
    }

    /** Returns whether nothing more comes of it. */
    boolean isOver() {
        return isOver;
    }

    @Override
    public void answered(int status, Fields fields) {
        attempt.told(number, () -> attempt.answered(status, fields));
    }

    @Override
    public void content(List<ByteBuffer> piece) {
        attempt.told(number, () -> attempt.content(piece));
    }

    @Override
    public void ended() {
        attempt.told(number, () -> {
            isOver = true;
            attempt.ended();
        });
    }

    @Override
    public void failed(Transport.Broken broken) {
        attempt.told(number, () -> {
            isOver = true;
            attempt.failed(broken);
        });
    }
}
