package dev.headgate.gateway.relay;

/** Every metric that the gateway shows: its name, its type and what it tells. Labels are bounded sets. */
public enum Metric {
    CONNECTIONS("connections", Type.GAUGE, "Connections of callers, workers and operators that are open."),
    HELD_BODY_BYTES("held_body_bytes", Type.GAUGE, "Bytes of request bodies that are held."),
    HELD_ANSWER_BYTES("held_answer_bytes", Type.GAUGE, "Bytes of answers that callers have not taken yet."),
    RELAY("relay", Type.GAUGE, "1 if requests are relayed."),
    GENERATION("generation", Type.GAUGE, "Configurations that have been in force."),
    UPSTREAM_CONNECTIONS("upstream_connections", Type.GAUGE, "Connections to backends that are open."),
    UPSTREAM_IDLE_CONNECTIONS("upstream_idle_connections", Type.GAUGE, "Those of them that wait for a request."),
    REQUESTS("requests_total", Type.COUNTER, "Requests that were relayed."),
    REQUESTS_IN_FLIGHT("requests_in_flight", Type.GAUGE, "Requests whose answer has not ended."),
    REQUEST_SECONDS(
            "request_seconds_total", Type.COUNTER, "Time from the end of requests to the end of their answers."),
    IGNORED_HEADERS(
            "ignored_headers_total", Type.COUNTER, "Headers of ours that callers sent and that are no integers."),
    OVERHEAD("overhead_seconds", Type.HISTOGRAM, "Own time from the end of a request until its first attempt is sent."),
    COMMITS("commit_seconds", Type.HISTOGRAM, "Time from the end of a request to the commit of its answer, by pool."),
    FIRST_TOKEN(
            "first_token_seconds", Type.HISTOGRAM, "Time from the begin of an attempt to its first token, by pool."),
    TOKEN_GAP("token_gap_seconds", Type.HISTOGRAM, "Time between two tokens of a stream, by pool."),
    WASTED_TOKENS("wasted_tokens_total", Type.COUNTER, "Token events that came and that no caller was given, by pool."),
    ATTEMPTS("attempts_total", Type.COUNTER, "Attempts that ended, by pool, backend and outcome."),
    FAILOVERS(
            "failovers_total",
            Type.COUNTER,
            "Attempts that failed and were followed by another, by backend and cause."),
    COOLDOWNS("cooldowns_total", Type.COUNTER, "Times that a backend went out of use, by cause."),
    COOLDOWN_MILLIS(
            "cooldown_milliseconds_total", Type.COUNTER, "Time that backends were told to stay out of use, by cause."),
    RECOVERIES("recoveries_total", Type.COUNTER, "Streams that broke, by pool, mode of recovery and result."),
    HEDGES("hedges_total", Type.COUNTER, "Second attempts that ran beside the first, by pool."),
    HEDGES_DECIDED(
            "hedges_decided_total",
            Type.COUNTER,
            "Pairs of attempts of which one committed, by pool and whether the second did."),
    SPILLS("early_spills_total", Type.COUNTER, "Nearly spent backends that lost to another, by pool."),
    BUDGET_REFUSALS("retry_budget_refusals_total", Type.COUNTER, "Attempts that the retry budget refused, by pool."),
    EJECTIONS("ejections_total", Type.COUNTER, "Backends that outlier detection took out of use."),
    ROUTER_FAILURES(
            "router_failures_total",
            Type.COUNTER,
            "Choices and notices that a pool's router failed, by pool and kind."),
    WORKER_ROUTER_FAILURES(
            "dispatch_router_failures_total",
            Type.COUNTER,
            "Choices and notices that the router of workers failed, by pool and kind."),
    INQUIRIES(
            "backend_inquiries_total",
            Type.COUNTER,
            "Questions to backends about themselves, by pool, backend, subject (metrics, ongoing, stats) and result."),
    DROPPED_FIELDS(
            "engine_fields_dropped_total",
            Type.COUNTER,
            "Values in engines' metrics that were not believed, by pool, backend and reason."),
    REFUSALS("refusals_total", Type.COUNTER, "Requests that we answered ourselves, by kind."),
    BACKEND_STATE("backend_state", Type.GAUGE, "1 for the state that a backend is in."),
    BACKEND_RETRY_AFTER("backend_retry_after_milliseconds", Type.GAUGE, "Until it may be called again."),
    BACKEND_IN_FLIGHT("backend_in_flight", Type.GAUGE, "Attempts that have not ended."),
    BACKEND_SUCCESSES("backend_successful_calls_total", Type.COUNTER, "Calls that the backend answered well."),
    CX_ACTIVE("upstream_cx_active", Type.GAUGE, "Connections that the pool's circuit breaker counts."),
    RQ_PENDING_ACTIVE("upstream_rq_pending_active", Type.GAUGE, "Requests that wait for a connection, by pool."),
    RQ_ACTIVE("upstream_rq_active", Type.GAUGE, "Requests on a connection, by pool."),
    RQ_RETRY_ACTIVE("upstream_rq_retry_active", Type.GAUGE, "Attempts beyond the first that run, by pool."),
    CX_OVERFLOW("upstream_cx_overflow", Type.COUNTER, "Times that no connection might be opened, by pool."),
    RQ_PENDING_OVERFLOW("upstream_rq_pending_overflow", Type.COUNTER, "Requests that the breaker refused, by pool."),
    RQ_RETRY_OVERFLOW("upstream_rq_retry_overflow", Type.COUNTER, "Attempts that the breaker refused, by pool."),
    CX_OPEN("cx_open", Type.GAUGE, "1 while no connection may be opened, by pool."),
    RQ_PENDING_OPEN("rq_pending_open", Type.GAUGE, "1 while no request may wait, by pool."),
    RQ_OPEN("rq_open", Type.GAUGE, "1 while no request may run, by pool."),
    RQ_RETRY_OPEN("rq_retry_open", Type.GAUGE, "1 while no attempt beyond the first may run, by pool."),
    REMAINING_CX("remaining_cx", Type.GAUGE, "Connections that may be opened, by pool."),
    REMAINING_PENDING("remaining_pending", Type.GAUGE, "Requests that may wait, by pool."),
    REMAINING_RQ("remaining_rq", Type.GAUGE, "Requests that may run, by pool."),
    REMAINING_RETRIES("remaining_retries", Type.GAUGE, "Attempts beyond the first that may run, by pool.");

    private static final String PREFIX = "headgate_";

    private final String text;
    private final Type type;
    private final String help;

    Metric(String text, Type type, String help) {
        this.text = text;
        this.type = type;
        this.help = help;
    }

    String text() {
        return text;
    }

    /** Writes what it is. */
    public void header(StringBuilder into) {
        into.append("# HELP ")
                .append(PREFIX)
                .append(text)
                .append(' ')
                .append(help)
                .append('\n');
        into.append("# TYPE ")
                .append(PREFIX)
                .append(text)
                .append(' ')
                .append(type.word)
                .append('\n');
    }

    /** Writes one value; {@code labels}, as in Prometheus' text format, may be empty. */
    public void line(StringBuilder into, String labels, long value) {
        line(into, "", labels, value);
    }

    /** Writes what it is and its only value. */
    public void only(StringBuilder into, long value) {
        header(into);
        line(into, "", value);
    }

    void line(StringBuilder into, String suffix, String labels, long value) {
        begin(into, suffix, labels).append(value).append('\n');
    }

    void line(StringBuilder into, String suffix, String labels, double value) {
        begin(into, suffix, labels).append(value).append('\n');
    }

    private StringBuilder begin(StringBuilder into, String suffix, String labels) {
        into.append(PREFIX).append(text).append(suffix);
        if (!labels.isEmpty()) {
            into.append('{').append(labels).append('}');
        }
        return into.append(' ');
    }

    private enum Type {
        COUNTER("counter"),
        GAUGE("gauge"),
        HISTOGRAM("histogram");

        private final String word;

        Type(String word) {
            this.word = word;
        }
    }
}
