package dev.headgate.app;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;

/** A router on the class path: the last of the candidates, then the others. */
public final class LastNamed implements RequestRouter {
    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        for (int i = candidates.size() - 1; i >= 0; i--) {
            ranks.add(i).next();
        }
    }
}
