package dev.headgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis goes away, hangs and comes back while requests are served. */
class RedisLossTest {
    private final List<Member> members = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void redis() throws IOException {
        redis = RedisServer.start();
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
    void noRequestFailsWhileRedisIsKilledAndComesBack() throws Exception {
        Member one = member();
        Member other = member();
        try (Load load = new Load(List.of(one, other))) {
            for (int round = 0; round < 3; round++) {
                load.awaitMore(2_000);
                redis.kill();
                Eventually.until("both are alone", () -> !one.shared.isShared() && !other.shared.isShared());
                load.awaitMore(2_000);
                redis.startAgain();
                Eventually.until("both are back", () -> one.shared.isShared() && other.shared.isShared());
            }
            load.awaitMore(2_000);
            assertThat(load.failed.get()).isZero();
        }
    }

    @Test
    void noRequestFailsWhileRedisHangs() throws Exception {
        Member one = member();
        Member other = member();
        try (Load load = new Load(List.of(one, other))) {
            load.awaitMore(2_000);
            redis.hang();
            Eventually.until("both are alone", () -> !one.shared.isShared() && !other.shared.isShared());
            load.awaitMore(2_000);
            redis.goOn();
            Eventually.until("both are back", () -> one.shared.isShared() && other.shared.isShared());
            load.awaitMore(2_000);
            assertThat(load.failed.get()).isZero();
        }
    }

    @Test
    void whatWasLearntAloneIsMergedWhenRedisIsBack() throws Exception {
        Member one = member();
        Member other = member();
        assertThat(other.serve()).isEqualTo("east"); // it knows the model
        redis.kill();
        Eventually.until("both are alone", () -> !one.shared.isShared() && !other.shared.isShared());
        one.throttled(60_000);
        assertThat(other.serve()).isEqualTo("east");

        redis.startAgain();

        Eventually.until("the other knows", () -> other.isCooling("east"));
    }

    @Test
    void whoStartsWithoutRedisJoinsOnceItIsThere() throws Exception {
        redis.kill();
        Member one = member();
        assertThat(one.shared.isShared()).isFalse();
        assertThat(one.serve()).isEqualTo("east");
        Eventually.until("it says so", () -> !one.events.isEmpty());
        assertThat(one.events).containsExactly("alone: redis: 127.0.0.1:" + redis.port() + " cannot be reached");

        redis.startAgain();

        Eventually.until("it shares", () -> one.shared.isShared());
    }

    @Test
    void whatIsHalfOpenIsTriedWithoutRedis() throws Exception {
        Member one = member();
        redis.kill();
        Eventually.until("it is alone", () -> !one.shared.isShared());
        one.throttled(50);

        Eventually.until("it tries", () -> one.serve().equals("east"));
    }

    private Member member() {
        Member member = Member.start(redis);
        members.add(member);
        return member;
    }

    /** Requests without a pause, of which one in a hundred meets a 429; counts those that nobody served. */
    private static final class Load implements AutoCloseable {
        final AtomicLong failed = new AtomicLong();
        private final AtomicLong served = new AtomicLong();
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(List<Member> members) {
            for (Member member : members) {
                Thread thread = new Thread(() -> serve(member), "load");
                threads.add(thread);
                thread.start();
            }
        }

        private void serve(Member member) {
            for (int i = 1; !isOver.get(); i++) {
                Attempt attempt = member.begin();
                if (i % 100 == 0 && attempt.backend().id().value().equals("east")) {
                    var unused = attempt.rejected(
                            new Verdict(AnswerClass.NEXT, 429, CoolingCause.THROTTLED, 20, "retry-after", false));
                }
                String by = member.serve();
                if (!by.equals("east") && !by.equals("west")) {
                    failed.incrementAndGet();
                }
                if (i % 100 != 0) {
                    Member.succeed(attempt, Map.of("x-ratelimit-remaining-requests", "50"));
                } else {
                    attempt.cancelled();
                }
                served.incrementAndGet();
            }
        }

        void awaitMore(long requests) {
            long goal = served.get() + requests;
            Eventually.until(requests + " more requests", () -> served.get() >= goal);
        }

        @Override
        public void close() {
            isOver.set(true);
            Eventually.until("the load ends", () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }
}
