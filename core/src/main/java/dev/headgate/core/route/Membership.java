package dev.headgate.core.route;

import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pool.EndpointId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who belongs to a pool, and what follows when endpoints come, go, die or cannot be reached. Confined to its owner. */
final class Membership {
    private final PoolContext context;
    private final Notices notices;
    private final Assignments assignments;
    private final Passes passes;
    private final Engines engines = new Engines();
    private final Set<EndpointId> dead = new HashSet<>(); // said that they are gone, and are still listed

    Membership(PoolContext context, Notices notices, Assignments assignments, Passes passes) {
        this.context = context;
        this.notices = notices;
        this.assignments = assignments;
        this.passes = passes;
    }

    /** Replaces the endpoints; those that stay keep what is known of them. Of two with one id the later is left out. */
    void become(Collection<PoolEndpoint> endpoints) {
        Map<EndpointId, Member> next = new HashMap<>();
        Set<EndpointId> listed = new HashSet<>();
        List<Member> added = new ArrayList<>();
        for (PoolEndpoint endpoint : endpoints) {
            EndpointId id = endpoint.id();
            if (!listed.add(id)) {
                context.listener.endpointRefused(id, "endpoint: " + id + " (expected: one of that name)");
            } else if (!dead.contains(id)) {
                Member known = context.members.find(id);
                Member member = known == null ? new Member(endpoint, engines.of(endpoint)) : known;
                member.endpoint = endpoint;
                next.put(id, member);
                if (known == null) {
                    added.add(member);
                }
            }
        }
        dead.retainAll(listed);
        become(next);
        added.forEach(member -> passes.probes().inBackground(member, 0));
        mayHelpAll();
    }

    /** Something changed that may help whoever waits, wherever. */
    void mayHelpAll() {
        for (Member member : context.members.all()) {
            context.mayHelp(member);
        }
    }

    /** The endpoint has {@code ongoing} requests by its own word; a negative number is ignored. */
    void heard(Member member, int ongoing) {
        if (ongoing >= 0 && !member.isGone()) {
            context.members.heard(member.index, ongoing);
            notices.tell(router -> router.queueLength(member.id(), ongoing), part -> {});
            context.mayHelp(member);
        }
    }

    /** The endpoint cannot be reached at the moment: its length is unknown. */
    void unavailable(Member member) {
        context.members.forget(member.index);
        notices.tell(router -> router.unavailable(member.id()), part -> {});
    }

    /** The endpoint is gone for good, however long it is still listed. */
    void died(Member member) {
        dead.add(member.id());
        context.listener.endpointDied(member.id());
        notices.tell(router -> router.died(member.id()), part -> part.died(member.id()));
        Map<EndpointId, Member> rest = new HashMap<>();
        for (Member other : context.members.all()) {
            if (other != member) {
                rest.put(other.id(), other);
            }
        }
        become(rest);
    }

    /** Routers are to know that endpoints, or what they hold, changed. */
    void tellChanged() {
        Candidates all = context.current.thread == null ? context.members : new CandidatesCopy(context.members);
        notices.tell(router -> router.endpointsChanged(all), part -> part.endpointsChanged(all));
    }

    private void become(Map<EndpointId, Member> next) {
        Member[] before = context.members.all();
        Member[] ordered =
                next.values().stream().sorted(Comparator.comparing(Member::id)).toArray(Member[]::new);
        context.now();
        for (Member member : ordered) {
            if (member.isGone()) {
                context.prefixes.join(member);
            } else {
                context.prefixes.resize(member);
            }
        }
        context.members.become(ordered);
        assignments.endpointsChanged();
        if (context.flow != null) {
            context.flow.endpointsChanged();
        }
        for (Member member : before) {
            if (member.isGone()) {
                context.prefixes.leave(member);
                passes.probes().left(member);
            }
        }
        tellChanged();
    }
}
