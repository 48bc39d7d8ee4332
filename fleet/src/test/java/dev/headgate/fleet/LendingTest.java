package dev.headgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.pool.EndpointId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that keep a limit together, over a real Redis. */
class LendingTest {
    private static final int MEMBERS = 4;
    private static final long PER_MINUTE = 1_200;
    private static final long BURST = PER_MINUTE / 6;
    private static final long LOAD_NANOS = 3_000_000_000L;
    private static final long BETWEEN_REQUESTS_NANOS = 200_000;

    private final List<Member> members = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void fleet() throws IOException {
        redis = RedisServer.start();
        for (int i = 0; i < MEMBERS; i++) {
            members.add(Member.start(redis, limited(), Backend.of("west", "https://west", 2)));
        }
        members.forEach(member -> assertThat(member.serve()).isEqualTo("east")); // its limits are known from here on
        Eventually.until(
                "all are counted", () -> members.stream().allMatch(member -> member.shared.members() == MEMBERS));
    }

    @AfterEach
    void end() {
        for (Member member : members) {
            assertThat(member.events).noneMatch(event -> event.startsWith("fault"));
            member.close();
        }
        redis.close();
    }

    @Test
    void limitHoldsForTheFleetAndIsUsed() {
        long began = System.nanoTime();
        int served = load(members);
        double most = BURST + (System.nanoTime() - began) * PER_MINUTE / 60e9;

        assertThat(served).isBetween((int) (most * 0.7), (int) most);
    }

    @Test
    void oneThatIsAloneInItsDemandGetsMoreThanItsShare() {
        int served = load(members.subList(0, 1));

        assertThat(served).isGreaterThan((int) (BURST / MEMBERS + 3 * PER_MINUTE / 60 / MEMBERS));
    }

    @Test
    void withoutRedisEachKeepsToItsShare() throws Exception {
        redis.kill();
        Eventually.until("it is alone", () -> !members.get(0).shared.isShared());
        long began = System.nanoTime();
        int served = load(members.subList(0, 1));
        double most = (BURST + (System.nanoTime() - began) * PER_MINUTE / 60e9) / MEMBERS;

        assertThat(served).isBetween((int) (most * 0.7), (int) most + 1);
    }

    /** Has these send as fast as they can for a while; returns how many requests the limited backend served. */
    private static int load(List<Member> senders) {
        AtomicInteger served = new AtomicInteger();
        long began = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (Member member : senders) {
            Thread thread = new Thread(
                    () -> {
                        while (System.nanoTime() - began < LOAD_NANOS) {
                            if (member.serve().equals("east")) {
                                served.incrementAndGet();
                            }
                            LockSupport.parkNanos(BETWEEN_REQUESTS_NANOS);
                        }
                    },
                    "sender");
            threads.add(thread);
            thread.start();
        }
        Eventually.until("the load ends", () -> threads.stream().noneMatch(Thread::isAlive));
        return served.get();
    }

    private static Backend limited() {
        return new Backend(
                new EndpointId("east"),
                "https://east",
                1,
                1,
                Map.of(),
                new BackendLimits(PER_MINUTE, 0, 0, 0),
                Backend.Credential.OWN,
                Backend.Prefill.NONE);
    }
}
