package dev.headgate.lab.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A model, its script and its tries. Thread-safe. */
final class ScriptedModel {
    private final String name;
    private final Script script;
    private final List<Try> tries = new ArrayList<>(); // guarded by this

    ScriptedModel(String name, Script script) {
        this.name = name;
        this.script = script;
    }

    /** Writes down a try. */
    synchronized Try arrive(IncomingRequest request) {
        Try begun = new Try(name, tries.size(), request);
        tries.add(begun);
        return begun;
    }

    synchronized Arrival arrival(Try begun) {
        Duration sinceFirst =
                Duration.ofNanos(begun.arrivedNanos() - tries.getFirst().arrivedNanos());
        return new Arrival(begun.index(), sinceFirst, begun.body());
    }

    /** Returns how the script treats this try. */
    Conduct conduct(Arrival arrival) {
        return script.conduct(arrival);
    }

    synchronized List<Try> tries() {
        return List.copyOf(tries);
    }
}
