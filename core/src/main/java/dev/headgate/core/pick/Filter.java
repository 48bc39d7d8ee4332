package dev.headgate.core.pick;

import dev.headgate.core.pick.RequestRouter.Need;
import java.util.Set;

/** Says which candidates may serve a request at all. Does not block or allocate. */
public interface Filter {
    /** Adds those of {@code among} that may to {@code kept}, which is empty. To keep none is to say nothing: all stay. */
    void filter(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, CandidateSet kept);

    /** Returns what it reads. */
    default Set<Need> needs() {
        return Set.of();
    }
}
