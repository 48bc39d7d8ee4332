package dev.headgate.client;

import dev.headgate.core.request.CoolingCause;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;

/** Writes what a client does to the platform's logger {@code dev.headgate.client}; no key, prompt or answer. */
final class LoggingListener implements ClientListener {
    private final System.Logger log;

    LoggingListener(System.Logger log) {
        this.log = log;
    }

    @Override
    public void attemptEnded(String backend, String model, int number, String outcome, Duration elapsed) {
        if (log.isLoggable(Level.DEBUG)) {
            log.log(
                    Level.DEBUG,
                    "attempt ended backend=" + backend + " model=" + model + " number=" + number + " outcome=" + outcome
                            + " ms=" + elapsed.toMillis());
        }
    }

    @Override
    public void cooling(String backend, String model, CoolingCause cause, int status, Duration wait, String source) {
        String which = model.isEmpty() ? "" : " model=" + model;
        log.log(
                Level.INFO,
                "backend cooling backend=" + backend + which + " cause="
                        + cause.name().toLowerCase(Locale.ROOT) + " status=" + status + " wait=" + wait.toMillis()
                        + "ms source=" + source);
    }

    @Override
    public void available(String backend, String model) {
        log.log(Level.INFO, "backend available backend=" + backend + (model.isEmpty() ? "" : " model=" + model));
    }

    @Override
    public void noBackendAvailable(String model, Duration soonest) {
        log.log(Level.WARNING, "no backend available model=" + model + " soonest=" + soonest.toMillis() + "ms");
    }

    @Override
    public void sentOnce(String target) {
        log.log(Level.WARNING, "request has one attempt, as its body is too large to be kept: target=" + target);
    }
}
