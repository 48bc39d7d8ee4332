package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One choice that is to be explained, from before it is made. What concerns the router runs where the router does, the rest in
 * the pool's context.
 */
final class Explaining {
    private final PoolContext context;
    private final Explanations into;
    private final Call call;
    private final int pass;
    private final InstalledRouter router;
    private final PendingRequest before;
    private List<Map<String, Double>> terms = List.of();
    private List<Long> draws = List.of();

    private Explaining(PoolContext context, Explanations into, Call call, int pass) {
        this.context = context;
        this.into = into;
        this.call = call;
        this.pass = pass;
        router = context.current;
        before = Explanation.Snapshot.of(call);
    }

    /** Returns the one of the next choice, null if that is not explained. */
    static @Nullable Explaining of(PoolContext context, Call call, int pass) {
        Explanations into = context.explanations;
        return into != null && (call.wantsExplanation || into.isDue())
                ? new Explaining(context, into, call, pass)
                : null;
    }

    /** The router is about to choose. */
    void begin() {
        if (router.random != null) {
            router.random.record();
        }
    }

    /** The router has chosen among {@code candidates}, or failed to. */
    void end(Candidates candidates) {
        draws = router.random == null ? List.of() : router.random.recorded();
        try {
            terms = Explanation.terms(router.router, candidates, before);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            terms = List.of(); // a router that cannot say why has chosen all the same
        }
    }

    /** Keeps what was chosen, and by whom. */
    void keep(Candidates candidates, Ranks ranks, Explanation.Chooser chooser) {
        call.explanationId = into.nextId();
        into.keep(new Explanation(
                call.explanationId,
                router.name,
                router.generation,
                chooser,
                pass,
                context.ticker.nanos() - call.createdAtNanos(),
                before,
                candidates,
                chooser == Explanation.Chooser.FALLBACK || terms.isEmpty() ? none(candidates) : terms,
                Explanation.list(ranks),
                draws));
    }

    private static List<Map<String, Double>> none(Candidates candidates) {
        return Collections.nCopies(candidates.size(), Map.of());
    }
}
