package dev.headgate.lab.provider;

import java.time.Duration;

/** What a model does, try by try. Called by several threads at once. */
@FunctionalInterface
public interface Script {
    /** Returns how to treat this try. */
    Conduct conduct(Arrival arrival);

    /** The same each time. */
    static Script always(Conduct conduct) {
        return _ -> conduct;
    }

    /** The whole answer each time. */
    static Script healthy() {
        return always(Conduct.answer());
    }

    /** One conduct for the first try and another for all later ones. */
    static Script first(Conduct first, Conduct later) {
        return arrival -> arrival.index() == 0 ? first : later;
    }

    /** One conduct for a while from the first try on and another afterwards. */
    static Script during(Duration outage, Conduct meanwhile, Conduct later) {
        return arrival -> arrival.sinceFirst().compareTo(outage) < 0 ? meanwhile : later;
    }

    /** This script, save that a request whose last message is the assistant's gets {@code refusal}. */
    default Script refusingPrefill(Conduct refusal) {
        return arrival -> arrival.endsWithAssistant() ? refusal : conduct(arrival);
    }
}
