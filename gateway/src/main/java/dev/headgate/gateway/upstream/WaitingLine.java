package dev.headgate.gateway.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exchanges in the order in which they came, linked through themselves so that any can leave at once. */
final class WaitingLine {
    private @Nullable Exchange first;
    private @Nullable Exchange last;

    boolean isEmpty() {
        return first == null;
    }

    /** Returns the first one that no opening will serve; null if there is none. */
    @Nullable
    Exchange firstWithoutOpening() {
        Exchange exchange = first;
        while (exchange != null && exchange.opening != null) {
            exchange = exchange.after;
        }
        return exchange;
    }

    /** Returns those that rely on {@code opening}, in order. */
    List<Exchange> boardedOn(Opening opening) {
        List<Exchange> boarded = new ArrayList<>();
        for (Exchange exchange = first; exchange != null; exchange = exchange.after) {
            if (exchange.opening == opening) {
                boarded.add(exchange);
            }
        }
        return boarded;
    }

    void add(Exchange exchange) {
        exchange.isInLine = true;
        exchange.before = last;
        if (last == null) {
            first = exchange;
        } else {
            last.after = exchange;
        }
        last = exchange;
    }

    /** Takes {@code exchange} out; does nothing if it is not in line. */
    void remove(Exchange exchange) {
        if (!exchange.isInLine) {
            return;
        }
        Exchange before = exchange.before;
        Exchange after = exchange.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        exchange.before = null;
        exchange.after = null;
        exchange.isInLine = false;
    }

    /** Takes the first one out; null if there is none. */
    @Nullable
    Exchange poll() {
        return take(first);
    }

    /** Takes the first one out that does with a connection which has served others; null if there is none. */
    @Nullable
    Exchange pollForUsed() {
        Exchange exchange = first;
        while (exchange != null && exchange.needsFresh) {
            exchange = exchange.after;
        }
        return take(exchange);
    }

    private @Nullable Exchange take(@Nullable Exchange exchange) {
        if (exchange != null) {
            remove(exchange);
        }
        return exchange;
    }
}
