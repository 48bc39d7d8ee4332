package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.signal.EngineModel;
import dev.headgate.core.signal.LoadReport;
import dev.headgate.core.signal.RoutingStats;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a pool with what is known of each, ordered by id: the candidates of every choice.
 *
 * <p>Counters stand in arrays by index, so that a look at all of a thousand endpoints reads a few lines of memory and
 * allocates nothing. Confined to the pool's owner, who sets the time before a choice.
 */
final class Members implements Candidates {
    private static final int UNKNOWN = -1;

    private final Prefixes prefixes;
    private final PromptReuse reuse = new PromptReuse();
    private final Map<EndpointId, Member> byId = new HashMap<>();
    private Member[] members = new Member[0];
    private int[] inFlight = new int[0];
    private long[] pendingTokens = new long[0];
    private long[] residentTokens = new long[0];
    private int[] lengths = new int[0]; // as the endpoint said, those sent since on top; UNKNOWN
    private long[] lengthAtNanos = new long[0];
    private int[] maxOngoing = new int[0];
    private double[] weights = new double[0];
    private int[] cachedTokens = new int[0]; // of the request that is chosen for
    private int promptTokens; // likewise
    private long nowNanos;
    private long expiryNanos;
    private int defaultMaxOngoing;

    Members(Prefixes prefixes) {
        this.prefixes = prefixes;
    }

    /** Applies the settings that concern single endpoints. */
    void configure(PoolSettings settings) {
        expiryNanos = settings.lengthExpiry().toNanos();
        defaultMaxOngoing = settings.maxOngoing();
        for (Member member : members) {
            maxOngoing[member.index] = limit(member.endpoint);
        }
    }

    /** Sets the time that ages are told by. */
    void at(long now) {
        nowNanos = now;
    }

    /** Replaces the membership by {@code next}, ordered by id; those that were here keep their counters. */
    void become(Member[] next) {
        int size = next.length;
        int[] inFlightThen = new int[size];
        long[] pendingThen = new long[size];
        long[] residentThen = new long[size];
        int[] lengthsThen = new int[size];
        long[] lengthAtThen = new long[size];
        maxOngoing = new int[size];
        weights = new double[size];
        cachedTokens = new int[size];
        for (int i = 0; i < size; i++) {
            int before = next[i].index;
            lengthsThen[i] = UNKNOWN;
            if (before != Member.GONE) {
                inFlightThen[i] = inFlight[before];
                pendingThen[i] = pendingTokens[before];
                residentThen[i] = residentTokens[before];
                lengthsThen[i] = lengths[before];
                lengthAtThen[i] = lengthAtNanos[before];
            }
            maxOngoing[i] = limit(next[i].endpoint);
            weights[i] = next[i].endpoint.weight();
        }
        for (Member member : members) {
            member.index = Member.GONE;
        }
        byId.clear();
        for (int i = 0; i < size; i++) {
            next[i].index = i;
            byId.put(next[i].id(), next[i]);
        }
        members = next;
        inFlight = inFlightThen;
        pendingTokens = pendingThen;
        residentTokens = residentThen;
        lengths = lengthsThen;
        lengthAtNanos = lengthAtThen;
    }

    /** Returns the member called {@code id}, null if there is none. */
    @Nullable
    Member find(EndpointId id) {
        return byId.get(id);
    }

    Member get(int index) {
        return members[index];
    }

    Member[] all() {
        return members;
    }

    /** Predictions are for a request of so many tokens. */
    void chooseFor(int tokens) {
        promptTokens = tokens;
    }

    /** A request is assigned of which the endpoints hold what {@link #cachedTokens} says. */
    void asked(int tokens) {
        reuse.asked(tokens, cachedTokens);
    }

    /** Returns the place for the cached tokens of the request that is chosen for, by index. */
    int[] cachedTokens() {
        return cachedTokens;
    }

    /** Counts a request that is assigned to {@code index}; its length is taken for renewed. */
    void assigned(int index, int uncached, int tokens) {
        if (reports(index)) {
            lengths[index] = Math.max(0, queueLength(index)) + 1;
            lengthAtNanos[index] = nowNanos;
        }
        inFlight[index]++;
        members[index].newTokens.add(uncached, nowNanos);
        pendingTokens[index] += uncached;
        residentTokens[index] += tokens;
    }

    /** The first token of an assigned request has come. */
    void prefilled(int index, int uncached) {
        pendingTokens[index] -= uncached;
    }

    /** An assigned request is over; the endpoint's length does not change. */
    void left(int index, int tokens) {
        inFlight[index]--;
        residentTokens[index] -= tokens;
    }

    /** Others have assigned so much to {@code index}; it stands in place of what they had before. */
    void assignedElsewhere(int index, int requests, long pending, long resident) {
        Member member = members[index];
        inFlight[index] += requests - member.requestsElsewhere;
        pendingTokens[index] += pending - member.pendingElsewhere;
        residentTokens[index] += resident - member.residentElsewhere;
        member.requestsElsewhere = requests;
        member.pendingElsewhere = pending;
        member.residentElsewhere = resident;
    }

    /** One request less in the queue of {@code index}, if its length is known. */
    void shorten(int index) {
        if (isKnown(index)) {
            lengths[index] = Math.max(0, lengths[index] - 1);
        }
    }

    /** The endpoint said how many requests it has. */
    void heard(int index, int ongoing) {
        if (reports(index)) {
            lengths[index] = ongoing;
            lengthAtNanos[index] = nowNanos;
        }
    }

    /** Nothing is known of its length any longer. */
    void forget(int index) {
        lengths[index] = UNKNOWN;
    }

    /** Returns whether it is known to have room. */
    boolean hasRoom(int index) {
        int length = queueLength(index);
        return length >= 0 && isBelowLimit(index, length);
    }

    /** Returns the index in {@code rank} with the smallest known length that has room, the first of equals; −1 = none. */
    int shortest(Ranks ranks, int rank) {
        int best = -1;
        int bestLength = Integer.MAX_VALUE;
        for (int position = 0; position < ranks.size(rank); position++) {
            int index = ranks.get(rank, position);
            int length = queueLength(index);
            if (length >= 0 && length < bestLength && isBelowLimit(index, length)) {
                best = index;
                bestLength = length;
            }
        }
        return best;
    }

    /** Returns whether some endpoint of {@code rank} can be asked for its length. */
    boolean canProbe(Ranks ranks, int rank) {
        for (int position = 0; position < ranks.size(rank); position++) {
            if (members[ranks.get(rank, position)].endpoint.canBeProbed()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int size() {
        return members.length;
    }

    @Override
    public EndpointId id(int index) {
        return members[index].id();
    }

    @Override
    public int indexOf(EndpointId id) {
        Member member = byId.get(id);
        return member == null ? -1 : member.index;
    }

    @Override
    public String node(int index) {
        return members[index].endpoint.node();
    }

    @Override
    public String zone(int index) {
        return members[index].endpoint.zone();
    }

    @Override
    public Set<String> models(int index) {
        return members[index].endpoint.models();
    }

    @Override
    public int maxOngoing(int index) {
        return maxOngoing[index];
    }

    @Override
    public double weight(int index) {
        return weights[index];
    }

    @Override
    public Map<String, String> labels(int index) {
        return members[index].endpoint.labels();
    }

    /** Nobody else tells how long the queue of an endpoint is that cannot be asked: then it is what was sent from here. */
    @Override
    public int queueLength(int index) {
        if (isKnown(index)) {
            return lengths[index];
        }
        return members[index].endpoint.canBeProbed() ? UNKNOWN : inFlight[index];
    }

    @Override
    public boolean available(int index) {
        int length = queueLength(index);
        return length < 0 || isBelowLimit(index, length);
    }

    @Override
    public int inFlight(int index) {
        return inFlight[index];
    }

    @Override
    public long pendingTokens(int index) {
        return pendingTokens[index];
    }

    @Override
    public int inFlight(int index, String model) {
        return members[index].inFlight(model);
    }

    @Override
    public int modelsInFlight(int index) {
        return members[index].modelsInFlight();
    }

    @Override
    public double pendingSeconds(int index) {
        Member member = members[index];
        return member.backlog.secondsLeft(nowNanos) + engine(index).tokenSeconds() * member.pendingElsewhere;
    }

    @Override
    public double newTokens(int index) {
        return members[index].newTokens.at(nowNanos);
    }

    @Override
    public double reuse() {
        return reuse.share();
    }

    @Override
    public long residentTokens(int index) {
        return residentTokens[index];
    }

    @Override
    public int cachedTokens(int index) {
        return cachedTokens[index];
    }

    @Override
    public int indexedBlocks(int index) {
        return prefixes.blocks(members[index]);
    }

    @Override
    public double waiting(int index) {
        return members[index].waiting();
    }

    @Override
    public double running(int index) {
        return members[index].running();
    }

    @Override
    public double kvUsage(int index) {
        return members[index].kvUsage();
    }

    @Override
    public long reportAgeNanos(int index) {
        return members[index].reportAgeNanos(nowNanos);
    }

    @Override
    public EngineModel engine(int index) {
        return members[index].learner.model();
    }

    @Override
    public double predictedTtft(int index) {
        int cached = Math.min(promptTokens, cachedTokens[index]);
        return engine(index).ttftSeconds(pendingTokens[index], promptTokens - cached, cached);
    }

    @Override
    public double predictedTpot(int index) {
        return engine(index).tpotSeconds(inFlight[index] + 1, residentTokens[index] + promptTokens);
    }

    @Override
    public long cacheCapacityTokens(int index) {
        return members[index].endpoint.cacheCapacityTokens();
    }

    @Override
    public LoadReport report(int index) {
        return members[index].report(nowNanos);
    }

    @Override
    public RoutingStats stats(int index) {
        return members[index].stats(nowNanos);
    }

    @Override
    public String toString() {
        return Arrays.toString(members);
    }

    private boolean isBelowLimit(int index, int length) {
        return maxOngoing[index] == 0 || length < maxOngoing[index];
    }

    private boolean isKnown(int index) {
        return lengths[index] >= 0 && nowNanos - lengthAtNanos[index] <= expiryNanos;
    }

    private boolean reports(int index) {
        PoolEndpoint endpoint = members[index].endpoint;
        return endpoint.canBeProbed() || endpoint.canReject();
    }

    private int limit(PoolEndpoint endpoint) {
        return endpoint.maxOngoing() > 0 ? endpoint.maxOngoing() : defaultMaxOngoing;
    }
}
