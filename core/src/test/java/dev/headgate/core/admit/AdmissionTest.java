package dev.headgate.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.core.request.InferenceRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final WaitingRoom room = new WaitingRoom(0, Map.of());
    private final Admission admission = new Admission(new AdmissionLimits(4, 2, 100, 0.5), room);

    @Test
    void letsInUpToTheLimitOfALabel() {
        enter("a", "t1", 0);
        enter("a", "t2", 0);
        assertThat(admission.refusal(ticket("a", "t3", 0)))
                .hasValue("the queue of a is full: 2 requests wait (limit: 2)");
        assertThat(admission.refusal(ticket("b", "t3", 0))).isEmpty();
    }

    @Test
    void refusesWhenAllPlacesAreTaken() {
        enter("a", "t1", 0);
        enter("b", "t1", 0);
        enter("c", "t2", 0);
        enter("d", "t2", 0);
        assertThat(admission.refusal(ticket("e", "t3", 0))).hasValue("the queue is full: 4 requests wait (limit: 4)");
    }

    @Test
    void refusesWhatWouldExceedTheBytes() {
        enter("a", "t1", 60);
        assertThat(admission.refusal(ticket("b", "t1", 40))).isEmpty();
        assertThat(admission.refusal(ticket("b", "t1", 41))).hasValue("the queue is full: 60 bytes wait (limit: 100)");
    }

    @Test
    void aTenantMayHoldMoreThanItsShareOnlyWhileItIsAlone() {
        enter("a", "t1", 0);
        enter("b", "t1", 0);
        assertThat(admission.refusal(ticket("c", "t1", 0))).isEmpty();
        enter("c", "t2", 0);
        assertThat(admission.refusal(ticket("d", "t1", 0)))
                .hasValue("tenant t1 has 2 requests waiting (limit while others wait: 2)");
        assertThat(admission.refusal(ticket("d", "t2", 0))).isEmpty();
    }

    @Test
    void refusesLimitsThatMakeNoSense() {
        assertThatThrownBy(() -> new AdmissionLimits(-1, 1, 1, 0.5)).hasMessageContaining("expected: >= 0");
        assertThatThrownBy(() -> new AdmissionLimits(1, 1, 1, 0)).hasMessage("tenantShare: 0.0 (expected: in (0, 1])");
    }

    private void enter(String label, String tenant, long bytes) {
        Ticket ticket = ticket(label, tenant, bytes);
        assertThat(admission.refusal(ticket)).isEmpty();
        room.add(ticket);
    }

    private Ticket ticket(String label, String tenant, long bytes) {
        InferenceRequest request =
                InferenceRequest.of("r", label, "t").asTenant(tenant, 0).withBodyBytes(bytes);
        return new Ticket(room, request, 0, 0) {};
    }
}
