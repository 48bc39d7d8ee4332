package dev.headgate.gateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.route.Explanation;
import java.util.List;

/** An explanation as operators read it: who was there, what the policy made of each, who won. */
final class DecisionJson {
    private static final double NANOS_PER_MILLI = 1e6;

    private DecisionJson() {}

    static ObjectNode of(String id, Explanation explanation) {
        PendingRequest request = explanation.request();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id)
                .put("policy", explanation.policy())
                .put("generation", explanation.generation())
                .put("fallback", explanation.isFallback())
                .put("lateBinding", explanation.chooser() == Explanation.Chooser.LATE_BINDING)
                .put("pass", explanation.pass())
                .put("waitedMs", explanation.waitedNanos() / NANOS_PER_MILLI);
        json.putObject("request")
                .put("model", request.request().model())
                .put("tokens", request.request().prompt().tokens())
                .put("blocks", request.request().prompt().blocks())
                .put("tenant", request.request().tenant())
                .put("priority", request.request().priority());
        ArrayNode candidates = json.putArray("candidates");
        for (int i = 0; i < explanation.candidates().size(); i++) {
            describe(explanation, i, candidates.addObject());
        }
        return json;
    }

    private static void describe(Explanation explanation, int index, ObjectNode into) {
        Candidates all = explanation.candidates();
        into.put("id", all.id(index).value())
                .put("node", all.node(index))
                .put("zone", all.zone(index))
                .put("rank", rank(explanation.ranks(), index))
                .put("available", all.available(index))
                .put("inFlight", all.inFlight(index))
                .put("queueLength", all.queueLength(index))
                .put("pendingTokens", all.pendingTokens(index))
                .put("residentTokens", all.residentTokens(index))
                .put("cachedTokens", all.cachedTokens(index))
                .put("reportAgeMs", all.reportAgeNanos(index) < 0 ? -1 : all.reportAgeNanos(index) / NANOS_PER_MILLI);
        ObjectNode terms = into.putObject("terms");
        explanation.terms().get(index).forEach(terms::put);
    }

    /** Returns the rank of a candidate, from 0; −1 if it was not chosen, as it may not be called or others are better. */
    private static int rank(List<List<Integer>> ranks, int index) {
        for (int rank = 0; rank < ranks.size(); rank++) {
            if (ranks.get(rank).contains(index)) {
                return rank;
            }
        }
        return -1;
    }
}
