package dev.headgate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.guard.BreakerSettings;
import dev.headgate.core.guard.CircuitBreaker;
import dev.headgate.core.pool.EndpointId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolBreakerTest {
    @Test
    void gatesThatAreNoLongerInForceAreForgottenAndOthersStay() {
        CircuitBreaker breaker = CircuitBreaker.of(BreakerSettings.DEFAULTS, () -> {});
        PoolBreaker pool = new PoolBreaker(BreakerSettings.DEFAULTS);
        CircuitBreaker.Gate kept = breaker.gate(new EndpointId("kept"));
        CircuitBreaker.Gate gone = breaker.gate(new EndpointId("gone"));
        ConnectionGate before = pool.gate(kept);
        ConnectionGate lost = pool.gate(gone);
        pool.retain(Set.of(kept));

        assertThat(pool.endpoints()).isEqualTo(1);
        assertThat(pool.gate(kept)).isSameAs(before);
        assertThat(pool.gate(gone)).isNotSameAs(lost);
    }
}
