package dev.headgate.gateway.upstream;

import dev.headgate.core.guard.CircuitBreaker.Place;
import dev.headgate.core.request.AttemptFailure;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one target behind one gate, and the line of requests that have none yet. Owned by
 * the loop.
 *
 * <p>A request that finds no connection ready opens one, or rides on one that is being opened if that may turn out to carry
 * many, or waits for room. Whoever waited longest gets the connection that is ready first, whoever opened it.
 */
final class ConnectionPool {
    private final LoopConnections owner;
    private final Endpoint endpoint;
    private final ConnectionGate gate;
    private final IdleConnections idle;
    private final Set<Http1Connection> connections = new HashSet<>();
    private final List<Http2Connection> shared = new ArrayList<>(1);
    private final List<Opening> openings = new ArrayList<>(1);
    private final WaitingLine line = new WaitingLine();
    private final RoomWaiters waiters;
    private Sharing sharing;
    private boolean isRetired; // keeps no connection that carries nothing
    private int open; // connections, those being opened included

    ConnectionPool(LoopConnections owner, Endpoint endpoint, ConnectionGate gate) {
        this.owner = owner;
        this.endpoint = endpoint;
        this.gate = gate;
        this.idle = new IdleConnections(owner);
        this.sharing = switch (endpoint.target().protocol()) {
            case HTTP, HTTPS_1 -> Sharing.NEVER;
            case HTTP2_CLEAR, HTTPS -> Sharing.PERHAPS;
        };
        this.waiters = new RoomWaiters(this, line);
    }

    ConnectionGate gate() {
        return gate;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    LoopConnections owner() {
        return owner;
    }

    EventLoop loop() {
        return owner.loop();
    }

    /** Sends {@code exchange} now if a connection is ready, or puts it in line. */
    void send(Exchange exchange) {
        if (owner.isClosed()) {
            exchange.failsUnsent(AttemptFailure.CONNECT_REFUSED, Upstreams.CLOSED);
            return;
        }
        if (exchange.needsFresh) {
            seekFresh(exchange);
            return;
        }
        Http1Connection warm = idle.last();
        if (warm != null) {
            if (admits(exchange)) {
                idle.takeLast();
                warm.start(exchange);
            }
            return;
        }
        Http2Connection roomy = roomy();
        if (roomy != null) {
            if (admits(exchange)) {
                roomy.start(exchange);
            }
            return;
        }
        seek(exchange);
    }

    private @Nullable Http2Connection roomy() {
        for (int i = 0; i < shared.size(); i++) {
            if (shared.get(i).hasRoom()) {
                return shared.get(i);
            }
        }
        return null;
    }

    private boolean admits(Exchange exchange) {
        Place verdict = gate.tryStart(exchange.place);
        if (verdict == Place.READY) {
            return true;
        }
        exchange.overflows(verdict);
        return false;
    }

    /** Makes room by closing an idle connection; where there is none to close, one in use will do after all. */
    private void seekFresh(Exchange exchange) {
        seek(exchange);
        if (exchange.isInLine && exchange.opening == null && !idle.closeOldest()) {
            exchange.needsFresh = false;
        }
    }

    private void seek(Exchange exchange) {
        Opening ride = ride();
        exchange.place = ride == null ? gate.trySeek() : gate.tryRide();
        switch (exchange.place) {
            case RIDING, RIDING_PENDING -> {
                exchange.opening = ride;
                line.add(exchange);
            }
            case OPENING, OPENING_PENDING -> {
                line.add(exchange);
                open(exchange);
            }
            case WAITING -> {
                waiters.add(exchange);
                look(); // room may have come before the others knew
            }
            case OVERFLOW, ENDPOINT_FULL -> exchange.overflows(exchange.place);
            case READY -> throw new IllegalStateException("ready without a connection");
        }
    }

    private @Nullable Opening ride() {
        if (sharing == Sharing.NEVER) {
            return null;
        }
        for (Opening opening : openings) {
            if (opening.tryBoard(owner.settings().maxStreams())) {
                return opening;
            }
        }
        return null;
    }

    private void open(Exchange exchange) {
        Opening opening = new Opening(this);
        var _ = opening.tryBoard(owner.settings().maxStreams());
        exchange.opening = opening;
        exchange.getsRoom();
        openings.add(opening);
        open++;
        endpoint.opened();
        opening.start();
    }

    /** Opens connections for those who wait for room, as far as there is some. */
    void look() {
        Exchange waiting = line.firstWithoutOpening();
        while (waiting != null && gate.tryOpen()) {
            open(waiting);
            waiting = line.firstWithoutOpening();
        }
        waiters.changed();
    }

    /** Returns since when the first one waits for room, if one does; from any thread. */
    long waitingSince() {
        return waiters.sinceNanos();
    }

    /** {@code exchange} was given up before a connection took it. */
    void left(Exchange exchange) {
        line.remove(exchange);
        gate.left(exchange.place);
        waiters.changed();
    }

    /** A connection of HTTP/1.1 is there. */
    void ready(Opening opening, Http1Connection connection) {
        openings.remove(opening);
        sharing = Sharing.NEVER;
        connections.add(connection);
        release(connection);
        boardAgain(opening);
    }

    /** A connection of HTTP/2 is there. */
    void ready(Opening opening, Http2Connection connection) {
        openings.remove(opening);
        shared.add(connection);
        hasRoom(connection);
        boardAgain(opening);
    }

    /** Those who relied on an opening that now carries others look for another. */
    private void boardAgain(Opening opening) {
        for (Exchange exchange : line.boardedOn(opening)) {
            exchange.opening = null;
            line.remove(exchange);
            gate.left(exchange.place);
            exchange.place = Place.READY;
            send(exchange);
        }
    }

    /** An opening came to nothing: all that rely on it fail. */
    void failed(Opening opening, AttemptFailure kind, String detail) {
        openings.remove(opening);
        List<Exchange> boarded = line.boardedOn(opening);
        for (Exchange exchange : boarded) {
            line.remove(exchange);
            gate.left(exchange.place);
        }
        closedOne();
        for (Exchange exchange : boarded) {
            exchange.failsUnsent(kind, detail);
        }
    }

    /** {@code connection} is free: it takes the next in line, rests, or gives way to those who wait elsewhere. */
    void release(Http1Connection connection) {
        boolean isOverdueElsewhere = waiters.areOverdueElsewhere();
        while (!isOverdueElsewhere) {
            Exchange next = connection.served() == 0 ? line.poll() : line.pollForUsed();
            if (next == null) {
                break;
            }
            waiters.changed();
            if (admits(next)) {
                connection.start(next);
                return;
            }
        }
        if (isOverdueElsewhere || waiters.areElsewhere() || isRetired || owner.isClosed()) {
            connection.close();
        } else {
            idle.add(connection);
        }
    }

    /** {@code connection} can take more than before. */
    void hasRoom(Http2Connection connection) {
        while (connection.hasRoom()) {
            Exchange next = connection.served() == 0 ? line.poll() : line.pollForUsed();
            if (next == null) {
                if (isRetired) {
                    closeIdle();
                } else {
                    giveWay();
                }
                return;
            }
            waiters.changed();
            if (admits(next)) {
                connection.start(next);
            }
        }
    }

    /** Closes something that is idle if somebody elsewhere waits for room. */
    void giveWay() {
        if (!waiters.areElsewhere() || idle.closeOldest()) {
            return;
        }
        for (Http2Connection connection : shared) {
            if (connection.isIdle()) {
                connection.close();
                return;
            }
        }
    }

    /** {@code connection} is closed. */
    void closed(Http1Connection connection) {
        connections.remove(connection);
        idle.remove(connection);
        closedOne();
    }

    /** {@code connection} is closed. */
    void closed(Http2Connection connection) {
        shared.remove(connection);
        closedOne();
    }

    private void closedOne() {
        open--;
        endpoint.closed();
        gate.closed();
    }

    /** Returns whether it has neither connections nor requests. */
    boolean isUnused() {
        return open == 0 && line.isEmpty();
    }

    /** It will not be used again. */
    void leave() {
        waiters.leave();
    }

    /** Says whether connections that carry nothing are kept; if not, those are closed. */
    void keepsConnections(boolean keeps) {
        isRetired = !keeps;
        if (isRetired) {
            closeIdle();
        }
    }

    private void closeIdle() {
        boolean mayBeMore = true;
        while (mayBeMore) {
            mayBeMore = idle.closeOldest();
        }
        for (Http2Connection connection : List.copyOf(shared)) {
            if (connection.isIdle()) {
                connection.close();
            }
        }
    }

    /** Closes what has been idle since before {@code nanos}. */
    void reap(long nanos) {
        idle.reap(nanos);
        for (Http2Connection connection : List.copyOf(shared)) {
            if (connection.isIdle() && connection.idleSinceNanos - nanos <= 0) {
                connection.close();
            }
        }
    }

    /** Closes every connection; requests that wait or run fail. */
    void close() {
        List.copyOf(connections).forEach(Http1Connection::close);
        List.copyOf(shared).forEach(Http2Connection::close);
        List.copyOf(openings).forEach(Opening::giveUp);
        for (Exchange waiting = line.poll(); waiting != null; waiting = line.poll()) {
            gate.left(waiting.place);
            waiting.failsUnsent(AttemptFailure.CONNECT_REFUSED, Upstreams.CLOSED);
        }
    }

    /** Runs {@code action} on the loop, unless that has ended. */
    void run(Runnable action) {
        if (!loop().isShuttingDown()) {
            loop().execute(action);
        }
    }

    /** Whether a connection to the target carries many requests at once. */
    private enum Sharing {
        PERHAPS,
        NEVER
    }
}
