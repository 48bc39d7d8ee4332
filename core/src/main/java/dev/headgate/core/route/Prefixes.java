package dev.headgate.core.route;

import dev.headgate.core.request.Prompt;
import dev.headgate.core.signal.PrefixIndex;
import dev.headgate.core.signal.PrefixMatches;

/** A pool's prefix index as choices and attempts use it: who holds what of the prompt that is chosen for. */
final class Prefixes {
    private final PrefixIndex index;
    private final PrefixMatches matches = new PrefixMatches();
    private PoolSettings.IndexLimits limits;

    Prefixes(PoolSettings.IndexLimits limits) {
        this.limits = limits;
        index = new PrefixIndex(limits.maxBlocks(), limits.maxBytes());
    }

    /** Changes what the index may hold, of {@code members} too. */
    void limit(PoolSettings.IndexLimits next, Member[] members) {
        if (next.equals(limits)) {
            return;
        }
        limits = next;
        index.limit(next.maxBlocks(), next.maxBytes());
        for (Member member : members) {
            if (member.endpoint.cacheCapacityTokens() == 0) {
                index.resize(member.slot, next.maxBlocks());
            }
        }
    }

    /** A member joined the pool. */
    void join(Member member) {
        long capacity = member.endpoint.cacheCapacityTokens();
        member.slot = capacity == 0
                ? index.join()
                : index.join((int) Math.min(Integer.MAX_VALUE, capacity / limits.blockTokens()));
    }

    /** The cache of a member may be of another size than was believed. */
    void resize(Member member) {
        long capacity = member.endpoint.cacheCapacityTokens();
        if (capacity > 0) {
            index.resize(member.slot, (int) Math.min(Integer.MAX_VALUE, capacity / limits.blockTokens()));
        }
    }

    /** A member left the pool. */
    void leave(Member member) {
        index.leave(member.slot);
    }

    /** Writes what each of {@code members} holds of {@code prompt} to {@code tokens}, by index. */
    void look(Prompt prompt, Members members, int[] tokens) {
        index.match(prompt, matches);
        Member[] all = members.all();
        for (int i = 0; i < all.length; i++) {
            int blocks = matches.blocks(all[i].slot);
            all[i].indexedTokens = blocks == 0 ? 0 : prompt.hit(blocks);
            tokens[i] = (int) (all[i].indexedTokens * all[i].feedback.scale());
        }
    }

    /** {@code prompt} was assigned to {@code member}. */
    void assigned(Member member, Prompt prompt) {
        index.write(member.slot, prompt);
    }

    /** {@code member} has computed {@code prompt}. */
    void computed(Member member, Prompt prompt) {
        index.confirm(member.slot, prompt);
    }

    /** {@code member} may not have computed {@code prompt}. */
    void withdrawn(Member member, Prompt prompt) {
        index.withdraw(member.slot, prompt);
    }

    /** {@code member} holds nothing any longer. */
    void cleared(Member member) {
        index.clear(member.slot);
        member.feedback.clear();
    }

    /** {@code member} dropped {@code block}. */
    void removed(Member member, long block) {
        index.remove(member.slot, block);
    }

    /** Returns how many blocks {@code member} is believed to hold. */
    int blocks(Member member) {
        return index.blocks(member.slot);
    }
}
