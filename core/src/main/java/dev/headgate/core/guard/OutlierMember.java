package dev.headgate.core.guard;

import dev.headgate.core.request.AttemptFailure;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What outlier detection knows about one endpoint.
 *
 * <p>Thread-safe. An answer costs one atomic increment; only one that may eject takes the detector's lock.
 */
public final class OutlierMember {
    private static final int TOTAL_BITS = 32;
    private static final int BAD_GATEWAY = 502;
    private static final int GATEWAY_TIMEOUT = 504;

    private final OutlierDetector detector;
    private final AtomicInteger errorsInARow = new AtomicInteger();
    private final AtomicInteger gatewayErrorsInARow = new AtomicInteger();

    /** Since the last look at the rates: successes in the high half, all answers in the low half. */
    private final AtomicLong answers = new AtomicLong();

    private volatile boolean isOut;
    private volatile long untilNanos;
    private int ejections; // guarded by the detector; falls again while none happens

    OutlierMember(OutlierDetector detector) {
        this.detector = detector;
    }

    /** An answer came that does not count against the endpoint. */
    public void succeeded() {
        answers.addAndGet((1L << TOTAL_BITS) + 1);
        reset(errorsInARow);
        reset(gatewayErrorsInARow);
    }

    /** An answer came that counts against the endpoint, as 5xx do. Returns whether it ejected it. */
    public boolean failed(int status, long nowNanos) {
        return failed(status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT, nowNanos);
    }

    /** An attempt failed without an answer. Returns whether that ejected the endpoint. */
    public boolean failed(AttemptFailure failure, long nowNanos) {
        return switch (failure) {
            case NO_TOKEN, DEADLINE -> false;
            case CONNECT_REFUSED,
                    NAME_NOT_RESOLVED,
                    TLS_FAILED,
                    CONNECT_TIMEOUT,
                    RESET_BEFORE_ANSWER,
                    NOT_HTTP,
                    FIRST_TOKEN_TIMEOUT,
                    RESPONSE_TIMEOUT,
                    IDLE_TIMEOUT -> failed(true, nowNanos);
            case CUT -> failed(false, nowNanos);
        };
    }

    private boolean failed(boolean isGatewayError, long nowNanos) {
        answers.incrementAndGet();
        if (isOut(nowNanos)) {
            return false;
        }
        boolean gatewayTrips = false;
        if (isGatewayError) {
            gatewayTrips =
                    gatewayErrorsInARow.incrementAndGet() >= detector.settings().consecutiveGatewayErrors();
        } else {
            reset(gatewayErrorsInARow);
        }
        boolean trips = errorsInARow.incrementAndGet() >= detector.settings().consecutive5xx();
        return (trips || gatewayTrips) && detector.tripped(this, nowNanos);
    }

    /** Returns whether it must not be used: ejected, and the pool does not panic. */
    public boolean isEjected(long nowNanos) {
        return isOut(nowNanos) && !detector.isPanicking(nowNanos);
    }

    /** Returns what is left of the ejection, whether or not the pool panics; zero if it is not ejected. */
    public long remainingNanos(long nowNanos) {
        return isOut ? Math.max(0, untilNanos - nowNanos) : 0;
    }

    boolean isOut(long nowNanos) {
        return isOut && untilNanos - nowNanos > 0;
    }

    boolean takeErrorsInARow() {
        return take(errorsInARow, detector.settings().consecutive5xx());
    }

    boolean takeGatewayErrorsInARow() {
        return take(gatewayErrorsInARow, detector.settings().consecutiveGatewayErrors());
    }

    /** Returns the answers since the last call: successes in the high half, all in the low half. */
    long takeAnswers() {
        return answers.getAndSet(0);
    }

    static long total(long answers) {
        return answers & 0xffff_ffffL;
    }

    static double successPercent(long answers) {
        return 100.0 * (answers >>> TOTAL_BITS) / total(answers);
    }

    void eject(long nowNanos) {
        OutlierSettings settings = detector.settings();
        long base = settings.baseEjectionTime().toNanos();
        long most = Math.max(base, settings.maxEjectionTime().toNanos());
        if (base * ejections < most) {
            ejections++;
        }
        untilNanos = nowNanos + Math.min(base * ejections, most);
        isOut = true;
        errorsInARow.set(0);
        gatewayErrorsInARow.set(0);
    }

    /** Forgets an ejection that is over, and past ones as intervals pass without another. */
    void intervalsPassed(long intervals, long nowNanos) {
        if (isOut(nowNanos)) {
            return;
        }
        isOut = false;
        if (ejections > 0) {
            long quiet =
                    (nowNanos - untilNanos) / detector.settings().interval().toNanos();
            ejections -= (int) Math.min(ejections, Math.min(intervals, quiet));
        }
    }

    private static boolean take(AtomicInteger run, int threshold) {
        if (run.get() < threshold) {
            return false;
        }
        run.set(0);
        return true;
    }

    private static void reset(AtomicInteger run) {
        if (run.get() != 0) {
            run.set(0);
        }
    }
}
