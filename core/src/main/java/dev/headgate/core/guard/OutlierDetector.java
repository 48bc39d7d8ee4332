package dev.headgate.core.guard;

import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Envoy's outlier detection of one pool (gateway.md §14): endpoints that fail in a row, or more than the others, are
 * ejected for a while.
 *
 * <p>Thread-safe; takes a lock only to eject and at each interval. Errors in a row eject at once; success rates and
 * failure percentages are judged at each interval, over that interval. As in Envoy, an ejection needs room below
 * {@code maxEjectionPercent}, and is made with the probability that its kind is enforced with. Unlike Envoy, which ends
 * ejections at the next interval, they end by time: an endpoint whose wait is over is used at once.
 *
 * <p>Source: Envoy's documentation of outlier detection, and its outlier_detection_impl.cc for what that leaves open.
 */
public final class OutlierDetector {
    /** Envoy's failure_percentage_minimum_hosts and failure_percentage_request_volume. */
    private static final int FAILURE_MIN_HOSTS = 5;

    private static final int FAILURE_MIN_REQUESTS = 50;

    private final OutlierSettings settings;
    private final Supplier<RandomGenerator> random;
    private final Object lock = new Object();
    private final LongAdder ejected = new LongAdder();
    private final LongAdder overflowed = new LongAdder();
    private final OutlierMember stranger = new OutlierMember(this);
    private volatile Map<EndpointId, OutlierMember> members = Map.of();
    private volatile boolean anyOut;
    private volatile long lookedAtNanos;

    /** Returns a detector of no endpoints; {@code random} gives the calling thread's generator. */
    public OutlierDetector(OutlierSettings settings, Supplier<RandomGenerator> random, long nowNanos) {
        this.settings = settings;
        this.random = random;
        lookedAtNanos = nowNanos;
    }

    /** Sets the endpoints; those that stay keep their state. */
    public void changed(Collection<EndpointId> endpoints) {
        synchronized (lock) {
            Map<EndpointId, OutlierMember> next = new LinkedHashMap<>();
            for (EndpointId endpoint : endpoints) {
                OutlierMember member = members.get(endpoint);
                next.put(endpoint, member == null ? new OutlierMember(this) : member);
            }
            members = next;
        }
    }

    /** Returns the member for {@code endpoint}, the same one until it is removed; one that is never ejected if unknown. */
    public OutlierMember member(EndpointId endpoint) {
        OutlierMember member = members.get(endpoint);
        return member == null ? stranger : member;
    }

    /** Looks at the rates if an interval has passed, and returns when the next one has, on the owner's ticker. */
    public long advance(long nowNanos) {
        long interval = settings.interval().toNanos();
        if (nowNanos - lookedAtNanos >= interval) {
            synchronized (lock) {
                long intervals = (nowNanos - lookedAtNanos) / interval;
                if (intervals > 0) {
                    lookedAtNanos += intervals * interval;
                    look(intervals, nowNanos);
                }
            }
        }
        return lookedAtNanos + interval;
    }

    /** Returns whether so many are ejected that ejection is ignored. */
    public boolean isPanicking(long nowNanos) {
        if (!anyOut) {
            return false;
        }
        int size = members.size();
        return 100.0 * (size - activeEjections(nowNanos)) < settings.panicThreshold() * size;
    }

    /** Returns how many endpoints are ejected. */
    public int activeEjections(long nowNanos) {
        int out = 0;
        for (OutlierMember member : members.values()) {
            if (member.isOut(nowNanos)) {
                out++;
            }
        }
        return out;
    }

    /** Returns how many ejections were made, Envoy's {@code ejections_enforced_total}. */
    public long ejections() {
        return ejected.sum();
    }

    /** Returns how many there was no room for, Envoy's {@code ejections_overflow}. */
    public long overflows() {
        return overflowed.sum();
    }

    OutlierSettings settings() {
        return settings;
    }

    /** Ejects {@code member}, which has reached one of its runs of errors, if that is allowed; the run begins again. */
    boolean tripped(OutlierMember member, long nowNanos) {
        synchronized (lock) {
            if (!members.containsValue(member) || member.isOut(nowNanos)) {
                return false;
            }
            boolean byGateway = member.takeGatewayErrorsInARow()
                    && eject(member, settings.enforcingConsecutiveGatewayErrors(), nowNanos);
            return byGateway || (member.takeErrorsInARow() && eject(member, 100, nowNanos));
        }
    }

    private void look(long intervals, long nowNanos) {
        List<OutlierMember> judged = new ArrayList<>();
        List<Long> answers = new ArrayList<>();
        for (OutlierMember member : members.values()) {
            member.intervalsPassed(intervals, nowNanos);
            long taken = member.takeAnswers();
            if (!member.isOut(nowNanos) && OutlierMember.total(taken) > 0) {
                judged.add(member);
                answers.add(taken);
            }
        }
        judgeSuccessRates(judged, answers, nowNanos);
        judgeFailurePercentages(judged, answers, nowNanos);
        anyOut = activeEjections(nowNanos) > 0;
    }

    private void judgeSuccessRates(List<OutlierMember> judged, List<Long> answers, long nowNanos) {
        double sum = 0;
        double squares = 0;
        int hosts = 0;
        for (long answered : answers) {
            if (OutlierMember.total(answered) >= settings.successRateMinRequests()) {
                sum += OutlierMember.successPercent(answered);
                hosts++;
            }
        }
        if (hosts == 0 || hosts < settings.successRateMinHosts()) {
            return;
        }
        double mean = sum / hosts;
        for (long answered : answers) {
            if (OutlierMember.total(answered) >= settings.successRateMinRequests()) {
                double distance = OutlierMember.successPercent(answered) - mean;
                squares += distance * distance;
            }
        }
        double least = mean - settings.successRateStdev() * Math.sqrt(squares / hosts);
        for (int i = 0; i < judged.size(); i++) {
            if (OutlierMember.total(answers.get(i)) >= settings.successRateMinRequests()
                    && OutlierMember.successPercent(answers.get(i)) < least) {
                eject(judged.get(i), 100, nowNanos);
            }
        }
    }

    private void judgeFailurePercentages(List<OutlierMember> judged, List<Long> answers, long nowNanos) {
        long hosts = answers.stream()
                .filter(answered -> OutlierMember.total(answered) >= FAILURE_MIN_REQUESTS)
                .count();
        if (hosts < FAILURE_MIN_HOSTS) {
            return;
        }
        for (int i = 0; i < judged.size(); i++) {
            if (OutlierMember.total(answers.get(i)) >= FAILURE_MIN_REQUESTS
                    && !judged.get(i).isOut(nowNanos)
                    && 100 - OutlierMember.successPercent(answers.get(i)) >= settings.failurePercentage()) {
                eject(judged.get(i), settings.enforcingFailurePercentage(), nowNanos);
            }
        }
    }

    private boolean eject(OutlierMember member, double enforcedPercent, long nowNanos) {
        int out = activeEjections(nowNanos);
        boolean hasRoom = 100.0 * (out + 1) <= settings.maxEjectionPercent() * members.size();
        if (!hasRoom && !(settings.alwaysEjectOneEndpoint() && out == 0)) {
            overflowed.increment();
            return false;
        }
        if (enforcedPercent < 100 && !(random.get().nextDouble() * 100 < enforcedPercent)) {
            return false;
        }
        member.eject(nowNanos);
        anyOut = true;
        ejected.increment();
        return true;
    }
}
