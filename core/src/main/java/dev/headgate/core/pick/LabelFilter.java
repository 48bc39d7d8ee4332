package dev.headgate.core.pick;

import java.util.Set;

/** Keeps the endpoints whose label has one of some values, and those without the label if so asked. */
final class LabelFilter implements Filter {
    private final String label;
    private final Set<String> values;
    private final Unlabelled unlabelled;

    LabelFilter(String label, Set<String> values, Unlabelled unlabelled) {
        this.label = label;
        this.values = values;
        this.unlabelled = unlabelled;
    }

    @Override
    public void filter(Candidates candidates, PendingRequest request, RouterPart.IndexSet among, CandidateSet kept) {
        for (int k = 0; k < among.size(); k++) {
            String value = candidates.labels(among.get(k)).get(label);
            if (value == null ? unlabelled == Unlabelled.KEPT : values.contains(value)) {
                kept.add(among.get(k));
            }
        }
    }

    /** What becomes of endpoints without the label. */
    enum Unlabelled {
        KEPT,
        DROPPED
    }
}
