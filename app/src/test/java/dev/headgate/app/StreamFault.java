package dev.headgate.app;

import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.Ending;
import dev.headgate.lab.provider.Flaw;
import dev.headgate.lab.provider.Script;
import java.time.Duration;
import java.util.Locale;

/** What goes wrong in the middle of a stream: the scenarios of gateway.md §18 that a client can see. */
enum StreamFault {
    S07_LATE_FIRST_TOKEN(
            new Conduct.Answer(Duration.ofSeconds(30), Conduct.answer().pace(), new Flaw.None())),
    S08_CUT(flawed(new Flaw.Cut(40, Duration.ZERO, Ending.CLOSE))),
    S08_CUT_WITH_A_CLEAN_END(flawed(new Flaw.Cut(40, Duration.ZERO, Ending.CLEAN))),
    S09_STALL(flawed(new Flaw.Cut(20, Duration.ofSeconds(30), Ending.CLOSE))),
    S10_BROKEN_TOKEN(
            flawed(new Flaw.BrokenEvent(30, "{\"id\":\"chatcmpl-1\",\"choices\":[{\"del", Flaw.Place.INSTEAD))),
    S10_GARBAGE_BESIDE_A_TOKEN(flawed(new Flaw.BrokenEvent(30, "upstream hiccup", Flaw.Place.BESIDE))),
    S11_NO_DONE(flawed(new Flaw.NoDone(Ending.HOLD))),
    S11_NO_DONE_WITH_A_CLEAN_END(flawed(new Flaw.NoDone(Ending.CLEAN))),
    S14_CUT_AND_NO_PREFILL(flawed(new Flaw.Cut(40, Duration.ZERO, Ending.CLOSE)));

    private static final Conduct NO_PREFILL = Conduct.refusal(
            400, "invalid_request_error", "invalid_request_error", "The last message must be from the user");

    @SuppressWarnings("ImmutableEnumChecker") // every conduct is a record of values
    private final Conduct conduct;

    StreamFault(Conduct conduct) {
        this.conduct = conduct;
    }

    /** Returns what the model that is asked does each time. */
    Script primary() {
        return Script.always(conduct);
    }

    /** Returns what the model that it falls back to does. */
    Script fallback() {
        return this == S14_CUT_AND_NO_PREFILL ? Script.healthy().refusingPrefill(NO_PREFILL) : Script.healthy();
    }

    /** Returns the name of the model that has this fault when {@code client} asks it. */
    String primaryOf(PeerClient client) {
        return word() + "-" + client.word();
    }

    /** Returns the name of the model that stands in. */
    String spare() {
        return "spare-" + word();
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Conduct flawed(Flaw flaw) {
        return Conduct.answer().with(flaw);
    }
}
