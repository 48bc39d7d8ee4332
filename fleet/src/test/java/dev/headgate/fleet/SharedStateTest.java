package dev.headgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.BackendStatus;
import dev.headgate.core.request.AnswerClass;
import dev.headgate.core.request.CoolingCause;
import dev.headgate.core.request.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that share over a real Redis. */
class SharedStateTest {
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
    void whatOneIsThrottledByTheOthersDoNotCall() {
        Member one = caller();
        Member other = caller();

        one.throttled(60_000);

        Eventually.until("the other knows", () -> other.isCooling("east"));
        assertThat(other.serve()).isEqualTo("west");
        assertThat(other.status("east").cause()).isEqualTo(CoolingCause.THROTTLED);
        assertThat(other.status("east").retryAfterMillis()).isBetween(30_000L, 60_000L);
    }

    @Test
    void longestOfManyWaitsStands() {
        Member one = caller();
        Member other = caller();
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            attempts.add(one.begin());
        }
        for (int i = 0; i < 20; i++) {
            long wait = i == 7 ? 100_000 : 1_000 + i;
            var unused = attempts.get(i)
                    .rejected(new Verdict(AnswerClass.NEXT, 429, CoolingCause.THROTTLED, wait, "retry-after", false));
        }

        Eventually.until(
                "the other knows the longest", () -> other.status("east").retryAfterMillis() > 50_000);
    }

    @Test
    void exhaustedAccountConcernsAllModels() {
        Member one = member();
        Member other = member();

        one.rejected(new Verdict(AnswerClass.NEXT, 429, CoolingCause.QUOTA, Verdict.NO_HINT, "", false));

        Eventually.until("the other knows", () -> other.isCooling("east"));
        assertThat(other.status("east").models()).noneMatch(model -> model.retryAfterMillis() > 0);
    }

    @Test
    void whoJoinsLaterLearnsWhatIsInForce() {
        Member one = member();
        one.throttled(60_000);
        Member third = member();
        assertThat(third.serve()).isNotEmpty(); // the model is known from here on

        Eventually.until("the third knows", () -> third.isCooling("east"));
    }

    @Test
    void whatIsLeftOfAnUpstreamsLimitIsShared() {
        Member one = caller();
        Member other = caller();

        Member.succeed(one.begin(), Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "60s"));

        Eventually.until("the other spares it", () -> other.serve().equals("west"));
    }

    @Test
    void onlyOneInTheFleetTriesWhatIsHalfOpen() {
        Member one = caller();
        Member other = caller();
        one.throttled(2_000); // long enough to be read, should the message be missed
        Eventually.until("it is half-open", () -> isHalfOpen(one) && isHalfOpen(other));

        Attempt probe = probe(one);

        for (int i = 0; i < 200; i++) {
            assertThat(other.serve()).isEqualTo("west");
        }
        Member.succeed(probe, Map.of());
        Eventually.until("the other may try it", () -> other.serve().equals("east"));
    }

    @Test
    void rightThatWasNotUsedPassesToOthers() {
        Member one = caller();
        Member other = caller();
        one.throttled(2_000); // long enough to be read, should the message be missed
        Eventually.until("it is half-open", () -> isHalfOpen(one) && isHalfOpen(other));
        assertThat(one.serve()).isEqualTo("west"); // asks for the right and does not come again

        Eventually.until("the other has it", () -> other.serve().equals("east"));
    }

    @Test
    void membersAreCountedAndThoseWhoLeaveAreNot() {
        Member one = member();
        Member other = member();
        Eventually.until("both are counted", () -> one.shared.members() == 2 && other.shared.members() == 2);

        other.close();

        Eventually.until("one is left", () -> one.shared.members() == 1);
    }

    @Test
    void closeEndsAllThreadsOfWhoLeaves() {
        Member one = member();
        assertThat(threads()).isNotEmpty();

        one.close();

        Eventually.until("all threads have ended", () -> threads().isEmpty());
        assertThat(one.serve()).isEqualTo("east");
    }

    @Test
    void whatIsNoMessageIsPassedOver() throws IOException {
        Member one = member();
        Member other = member();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String garbage : List.of(
                    "x",
                    "cool",
                    "cool someone 99999999999999 99999999999999999999 THROTTLED main:east:m",
                    "cool someone 99999999999999 60000 TIMEOUT main:east:m",
                    "cool someone 99999999999999 60000 THROTTLED main:east:%",
                    "left someone 1 0,1,2 main:east:m",
                    "left someone x 0,60000,0,0,60000 main:east:m")) {
                socket.getOutputStream()
                        .write(("PUBLISH headgate:ev \"" + garbage + "\"\r\n").getBytes(StandardCharsets.UTF_8));
                assertThat(replies.readLine()).isEqualTo(":2"); // both members got it
            }
            one.rejected(new Verdict(AnswerClass.NEXT, 429, CoolingCause.QUOTA, Verdict.NO_HINT, "", false));

            Eventually.until("what is a message is heard", () -> other.isCooling("east"));
            assertThat(other.status("east").models()).noneMatch(model -> model.retryAfterMillis() > 0);
        }
    }

    @Test
    void othersOfAnotherPrefixHearNothing() {
        Member one = caller();
        Member stranger = Member.start(FleetOptions.of(redis.url(), "elsewhere"));
        members.add(stranger);
        Member other = caller();

        one.throttled(60_000);

        Eventually.until("the other knows", () -> other.isCooling("east"));
        assertThat(stranger.serve()).isEqualTo("east");
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("headgate-fleet"))
                .toList();
    }

    private static boolean isHalfOpen(Member member) {
        return member.status("east").state() == BackendStatus.State.HALF_OPEN;
    }

    /** Returns an attempt of {@code member} on what is half-open, once it has the right to one. */
    private static Attempt probe(Member member) {
        List<Attempt> found = new ArrayList<>();
        Eventually.until("the right to probe", () -> {
            Attempt attempt = member.begin();
            if (attempt.backend().id().value().equals("east")) {
                found.add(attempt);
                return true;
            }
            Member.succeed(attempt, Map.of());
            return false;
        });
        return found.get(0);
    }

    /** Returns a member that knows the model, so that it reads what it does not hear. */
    private Member caller() {
        Member member = member();
        assertThat(member.serve()).isEqualTo("east");
        return member;
    }

    private Member member() {
        Member member = Member.start(redis);
        members.add(member);
        return member;
    }
}
