import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import java.util.Set;

/**
 * Prefers endpoints that say they have little to do: the smallest {@code throughput} in what they tell routers, and among
 * equals the fewest requests in flight. One that has not told yet counts as idle, so that it is tried.
 *
 * <p>Parameter: {@code stat}, the name of the number to go by.
 */
public class ThroughputAwareRouter implements RequestRouter {
    private String stat = "throughput";

    @Override
    public void start(RouterSetup setup) {
        for (String key : setup.parameters().keys()) {
            if (!key.equals("stat")) {
                throw new IllegalArgumentException(key + ": unknown parameter (expected: stat)");
            }
        }
        stat = setup.parameters().text("stat", stat);
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        boolean anyAvailable = candidates.anyAvailable(); // if none has room, the best full one is asked
        int best = -1;
        for (int i = 0; i < candidates.size(); i++) {
            boolean counts = !anyAvailable || candidates.available(i);
            if (counts && (best < 0 || isBetter(candidates, i, best))) {
                best = i;
            }
        }
        if (best >= 0) {
            ranks.add(best);
        }
    }

    private boolean isBetter(Candidates candidates, int i, int best) {
        int order = Double.compare(throughput(candidates, i), throughput(candidates, best));
        return order < 0 || order == 0 && candidates.inFlight(i) < candidates.inFlight(best);
    }

    private double throughput(Candidates candidates, int index) {
        return candidates.stats(index).number(stat, 0);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.STATS);
    }
}
