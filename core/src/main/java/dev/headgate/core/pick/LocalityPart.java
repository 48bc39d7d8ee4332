package dev.headgate.core.pick;

/**
 * Prefers endpoints on the own node, then those in the own zone, then all. Each scope is tried once per attempt and the next
 * one at once; a request waits only when all were tried. An unknown node or zone has nobody.
 */
final class LocalityPart implements RouterPart {
    private final String node;
    private final String zone;
    private final CandidateSet narrowed = new CandidateSet();

    /** Creates one for a router on {@code node} in {@code zone}; empty = unknown or not preferred. */
    LocalityPart(String node, String zone) {
        this.node = node;
        this.zone = zone;
    }

    @Override
    public void rank(Candidates candidates, PendingRequest request, Ranks ranks) {
        for (int i = 0; i < candidates.size(); i++) {
            if (isOnNode(candidates, i)) {
                ranks.add(i);
            }
        }
        ranks.next();
        for (int i = 0; i < candidates.size(); i++) {
            if (isInZone(candidates, i)) {
                ranks.add(i);
            }
        }
        ranks.next();
        for (int i = 0; i < candidates.size(); i++) {
            ranks.add(i);
        }
    }

    @Override
    public IndexSet narrow(Candidates candidates, PendingRequest request) {
        RoutingContext context = request.context();
        if (!context.triedSameNode) {
            context.triedSameNode = true;
            narrowed.clear();
            for (int i = 0; i < candidates.size(); i++) {
                if (isOnNode(candidates, i)) {
                    narrowed.add(i);
                }
            }
            if (narrowed.size() > 0) {
                return narrowed;
            }
        }
        if (!context.triedSameZone) {
            context.triedSameZone = true;
            narrowed.clear();
            for (int i = 0; i < candidates.size(); i++) {
                if (isInZone(candidates, i) || isOnNode(candidates, i)) {
                    narrowed.add(i);
                }
            }
            if (narrowed.size() > 0 && !zone.isEmpty()) {
                return narrowed;
            }
        }
        return narrowed.fill(candidates.size());
    }

    private boolean isOnNode(Candidates candidates, int index) {
        return !node.isEmpty() && node.equals(candidates.node(index));
    }

    private boolean isInZone(Candidates candidates, int index) {
        return !zone.isEmpty() && zone.equals(candidates.zone(index));
    }
}
