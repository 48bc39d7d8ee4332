package dev.headgate.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints why a request went where it went. */
@Command(
        name = "explain",
        description = {
            "Say why a running gateway sent a request where it did.",
            "",
            "A request with the header x-headgate-explain: 1 is answered with the id, in x-headgate-decision."
        })
final class ExplainCommand implements Callable<Integer> {
    /** What policies that add up call the sum. */
    private static final String TOTAL = "total";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The decision, as POOL-NUMBER.")
    @SuppressWarnings("NullAway.Init") // picocli refuses a call without it
    private String id;

    @Mixin
    private AdminAddress admin = new AdminAddress();

    @Option(names = "--json", description = "Print what the gateway tells as one JSON document.")
    private boolean isJsonWanted;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (AdminClient client = admin.client()) {
            HttpResponse<String> answer =
                    client.get("/admin/decisions/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
            if (answer.statusCode() != 200) {
                throw CommandException.failed(AdminClient.sentence(answer));
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(isJsonWanted ? answer.body() + "\n" : inWords(new JsonMapper().readTree(answer.body())));
            out.flush();
            return 0;
        }
    }

    private static String inWords(JsonNode decision) {
        List<JsonNode> candidates = new ArrayList<>();
        decision.path("candidates").forEach(candidates::add);
        candidates.sort(Comparator.comparingInt(ExplainCommand::rank)
                .thenComparing(candidate -> candidate.path("id").asText()));
        StringBuilder text = new StringBuilder();
        int width = candidates.stream()
                .mapToInt(candidate -> candidate.path("id").asText().length())
                .max()
                .orElse(0);
        for (JsonNode candidate : candidates) {
            String rank = rank(candidate) == Integer.MAX_VALUE ? "-" : "" + rank(candidate);
            text.append(String.format(
                    Locale.ROOT,
                    "%2s  %-" + Math.max(1, width) + "s  %sin flight %d, pending %d, resident %d, cached %d  %s%n",
                    rank,
                    candidate.path("id").asText(),
                    place(candidate.path("node"), candidate.path("zone")),
                    candidate.path("inFlight").asInt(),
                    candidate.path("pendingTokens").asLong(),
                    candidate.path("residentTokens").asLong(),
                    candidate.path("cachedTokens").asInt(),
                    terms(candidate.path("terms"))));
        }
        return text.append(sentence(decision, candidates))
                .append(System.lineSeparator())
                .toString();
    }

    private static int rank(JsonNode candidate) {
        int rank = candidate.path("rank").asInt(-1);
        return rank < 0 ? Integer.MAX_VALUE : rank;
    }

    private static String terms(JsonNode terms) {
        return terms.properties().stream()
                .map(term -> term.getKey()
                        + '='
                        + String.format(Locale.ROOT, "%.4g", term.getValue().asDouble()))
                .collect(Collectors.joining(" "));
    }

    private static String sentence(JsonNode decision, List<JsonNode> candidates) {
        String how = (decision.path("fallback").asBoolean() ? "the fallback of " : "")
                + (decision.path("lateBinding").asBoolean() ? "late binding by " : "")
                + decision.path("policy").asText() + ", pass "
                + decision.path("pass").asInt()
                + String.format(
                        Locale.ROOT,
                        ", after %.1f ms",
                        decision.path("waitedMs").asDouble());
        JsonNode first = candidates.isEmpty() ? decision : candidates.getFirst();
        if (candidates.isEmpty() || rank(first) == Integer.MAX_VALUE) {
            return "Nobody was chosen (" + how + ").";
        }
        String next = candidates.size() > 1 && rank(candidates.get(1)) != Integer.MAX_VALUE
                ? "; next best " + candidates.get(1).path("id").asText() + total(candidates.get(1))
                : "";
        int inFlight = first.path("inFlight").asInt();
        return first.path("id").asText() + " was chosen (" + how + "): "
                + first.path("cachedTokens").asInt() + " of "
                + decision.path("request").path("tokens").asInt() + " tokens cached, "
                + inFlight + (inFlight == 1 ? " request in flight" : " requests in flight") + total(first) + next + ".";
    }

    /** Returns what the policy made of a candidate in all, empty if it does not say. */
    private static String total(JsonNode candidate) {
        JsonNode terms = candidate.path("terms");
        JsonNode total = terms.has(TOTAL) ? terms.path(TOTAL) : terms.path("cost");
        return total.isNumber() ? String.format(Locale.ROOT, ", total %.4g", total.asDouble()) : "";
    }

    private static String place(JsonNode node, JsonNode zone) {
        return (node.asText().isEmpty() ? "" : "node " + node.asText() + ", ")
                + (zone.asText().isEmpty() ? "" : "zone " + zone.asText() + ", ");
    }
}
