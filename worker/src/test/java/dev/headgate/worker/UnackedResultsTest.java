package dev.headgate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.TaskResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnackedResultsTest {
    @Test
    void oldestResultsGoWhenTheLimitIsReached() {
        UnackedResults results = new UnackedResults(2_500);
        for (int i = 0; i < 4; i++) {
            results.keep(kept(i, 1_000));
        }

        assertThat(results.all())
                .extracting(kept -> kept.frame().getLease().getTaskUid())
                .containsExactly("t2", "t3");
        assertThat(results.bytes()).isLessThanOrEqualTo(2_500);
    }

    @Test
    void newestResultStaysHoweverLarge() {
        UnackedResults results = new UnackedResults(10);
        results.keep(kept(1, 1_000));
        assertThat(results.all()).hasSize(1);
    }

    @Test
    void acknowledgedResultsAreForgotten() {
        UnackedResults results = new UnackedResults(10_000);
        results.keep(kept(1, 10));
        results.keep(kept(2, 10));
        results.forget(List.of(lease(1), lease(9)));

        assertThat(results.all()).containsExactly(kept(2, 10));
        results.forget(List.of(lease(2)));
        assertThat(results.isEmpty()).isTrue();
        assertThat(results.bytes()).isZero();
    }

    private static Lease lease(int task) {
        return Lease.newBuilder().setTaskUid("t" + task).build();
    }

    private static UnackedResults.Kept kept(int task, int bytes) {
        return new UnackedResults.Kept(
                TaskResult.newBuilder().setLease(lease(task)).build(), ByteString.copyFrom(new byte[bytes]));
    }
}
