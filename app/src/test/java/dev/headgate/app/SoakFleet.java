package dev.headgate.app;

import dev.headgate.lab.provider.Conduct;
import dev.headgate.lab.provider.FakeProvider;
import dev.headgate.lab.provider.Flaw;
import dev.headgate.lab.provider.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Four backends of one tier: one that is always well, two that are killed and revived, and a black hole, which reads
 * requests and says nothing. Owned by one thread.
 */
final class SoakFleet implements AutoCloseable {
    /** Asked for whole answers and for vectors. */
    static final String WHOLE = "whole";

    /** Asked for streams, which take long enough to be cut by a kill now and then. */
    static final String STREAM = "stream";

    private static final Script AT_ONCE =
            Script.always(new Conduct.Answer(Duration.ZERO, Duration.ZERO, new Flaw.None()));
    private static final Script IN_60_MILLIS =
            Script.always(new Conduct.Answer(Duration.ZERO, Duration.ofMillis(1), new Flaw.None()));
    private static final Script NEVER = Script.always(new Conduct.Silence(Duration.ofHours(1)));
    private static final int MORTALS = 2;

    private final FakeProvider well = answering(0);
    private final FakeProvider hole = FakeProvider.start();
    private final List<@Nullable FakeProvider> mortals = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    SoakFleet() throws IOException {
        hole.script(WHOLE, NEVER);
        hole.script(STREAM, NEVER);
        for (int i = 0; i < MORTALS; i++) {
            FakeProvider mortal = answering(0);
            mortals.add(mortal);
            ports.add(mortal.port());
        }
    }

    private static FakeProvider answering(int port) throws IOException {
        FakeProvider provider = FakeProvider.start(port);
        forget(provider);
        return provider;
    }

    /** Scripts it anew, upon which it forgets the tries that it has recorded, of which there are many. */
    private static void forget(FakeProvider provider) {
        provider.script(WHOLE, AT_ONCE);
        provider.script(STREAM, IN_60_MILLIS);
    }

    /** Kills the next of those that can die, or revives it, turn by turn. */
    void turn(int turn) throws IOException {
        int next = turn / 2 % MORTALS;
        FakeProvider mortal = mortals.get(next);
        if (mortal == null) {
            mortals.set(next, answering(ports.get(next)));
        } else {
            mortal.close();
            mortals.set(next, null);
        }
        forget(well);
    }

    /** Returns the configuration before all of them, a little different for each {@code generation}. */
    String configuration(int generation) {
        return """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                pools:
                  main:
                    backends:
                      - {id: well, url: "%s"}
                      - {id: mortal-1, url: "http://127.0.0.1:%d", weight: %d}
                      - {id: mortal-2, url: "http://127.0.0.1:%d"}
                      - {id: hole, url: "%s"}
                    timeouts: {connect: 2s, ttft: 2s, response: 2s, idle: 2s}
                    cooldown: {default: 200ms, defaultMax: 1s, slowStart: 1s}
                    recovery: {max: 3}
                    retryBudget: {percent: 100, minPerWindow: 1000}
                """.formatted(well.url(), ports.get(0), 1 + generation % 3, ports.get(1), hole.url());
    }

    @Override
    public void close() throws IOException {
        well.close();
        hole.close();
        for (FakeProvider mortal : mortals) {
            if (mortal != null) {
                mortal.close();
            }
        }
    }
}
