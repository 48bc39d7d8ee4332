package dev.headgate.fleet;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is done on the server, each in one step. Time is the server's, so that the clocks of processes need not agree.
 * Times are milliseconds, stamps and buckets microseconds.
 */
enum Script {
    /**
     * Moves the end of a cooldown, if it is later than the one that is known, and tells all; returns the end in force.
     * KEYS: register. ARGV: wait, cause, channel, who, part.
     */
    COOL("""
            local t = redis.call('TIME')
            local till = t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(ARGV[1])
            local stored = redis.call('GET', KEYS[1])
            local known = stored and tonumber(string.match(stored, '^%d+')) or 0
            if till <= known then
              return {known}
            end
            local text = string.format('%.0f', till)
            redis.call('SET', KEYS[1], text .. ' ' .. ARGV[2], 'PX', ARGV[1] + 1000)
            redis.call('PUBLISH', ARGV[3], 'cool ' .. ARGV[4] .. ' ' .. text .. ' ' .. ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[5])
            return {till}
            """),
    /**
     * Replaces what is left of an upstream's limits, and tells all: the server's order is the order of stamps.
     * KEYS: register. ARGV: life, report, channel, who, part.
     */
    LEFT("""
            local t = redis.call('TIME')
            local stamp = string.format('%.0f', t[1] * 1000000 + t[2])
            redis.call('SET', KEYS[1], stamp .. ' ' .. ARGV[4] .. ' ' .. ARGV[2], 'PX', ARGV[1])
            redis.call('PUBLISH', ARGV[3], 'left ' .. ARGV[4] .. ' ' .. stamp .. ' ' .. ARGV[2] .. ' ' .. ARGV[5])
            return {}
            """),
    /** Returns the time in microseconds and all registers. KEYS: registers. */
    READ("""
            local t = redis.call('TIME')
            local all = redis.call('MGET', unpack(KEYS))
            table.insert(all, 1, string.format('%.0f', t[1] * 1000000 + t[2]))
            return all
            """),
    /** Takes the right to probe, if nobody has it. KEYS: right. ARGV: who, life. Returns whether it was taken. */
    CLAIM("""
            return {redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0}
            """),
    /** Gives the right to probe back, if it is still ours. KEYS: right. ARGV: who. */
    RELEASE("""
            if redis.call('GET', KEYS[1]) == ARGV[1] then
              redis.call('DEL', KEYS[1])
            end
            return {}
            """),
    /**
     * The fleet's bucket of one limit, by the generic cell rate algorithm: takes back what was not used, charges what was
     * used beyond, and lends a chunk if there is room. A chunk counts as spent at the end of its time, so it does not
     * matter when it is. A new bucket begins to count what was given back from the time of day, so that nothing is given
     * back to it that another one lent.
     * KEYS: bucket. ARGV: time per unit, time of the burst, life of a chunk, how much, debt, then stamp and amount of
     * each that was not used. Returns whether it was lent, and its stamp or how long there is no room.
     */
    LEND("""
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local unit, burst, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
            local ask, debt = tonumber(ARGV[4]), tonumber(ARGV[5])
            local stored = redis.call('HMGET', KEYS[1], 'drained', 'back')
            local drained = tonumber(stored[1] or now)
            local back = tonumber(stored[2] or now)
            for i = 6, #ARGV, 2 do
              local credit = math.min(math.floor(ARGV[i + 1] * unit), ARGV[i] - back - now - hold)
              if credit > 0 then
                back = back + credit
                drained = drained - credit
              end
            end
            if debt > 0 then
              local owed = math.max(drained, now) + math.ceil(debt * unit)
              drained = math.max(drained, math.min(owed, now + 3600000000))
            end
            local cost = math.ceil(ask * unit)
            local wait = math.max(drained, now) + cost - now - burst
            local answer = {0, wait}
            if ask > 0 and wait <= 0 then
              drained = math.max(drained, now + hold) + cost
              answer = {1, drained + back}
            end
            redis.call('HSET', KEYS[1], 'drained', string.format('%.0f', drained), 'back', string.format('%.0f', back))
            redis.call('PEXPIRE', KEYS[1], math.floor(math.max(0, drained - now) / 1000) + 60000)
            return answer
            """),
    /** Is here, and returns how many are. KEYS: members. ARGV: who, life. */
    HERE("""
            local t = redis.call('TIME')
            local now = t[1] * 1000 + math.floor(t[2] / 1000)
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return {redis.call('ZCARD', KEYS[1])}
            """),
    /** Is here no longer. KEYS: members. ARGV: who. */
    GONE("""
            redis.call('ZREM', KEYS[1], ARGV[1])
            return {}
            """);

    private final String text;
    private final String digest;

    Script(String text) {
        this.text = text;
        digest = sha1(text);
    }

    /** Returns its source. */
    String text() {
        return text;
    }

    /** Returns the name by which the server knows it once it was loaded. */
    String digest() {
        return digest;
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
