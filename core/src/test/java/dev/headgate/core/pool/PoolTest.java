package dev.headgate.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolTest {
    private final Pool pool = new Pool();

    @Test
    void ordersItsEndpointsByIdWhateverTheOrderOfJoining() {
        pool.apply(new PoolUpdate.Added(Endpoint.of("b", 1)));
        pool.apply(new PoolUpdate.Added(Endpoint.of("a", 1)));
        assertThat(pool.snapshot().endpoints()).extracting(e -> e.id().value()).containsExactly("a", "b");
        assertThat(pool.snapshot().version()).isEqualTo(2);
    }

    @Test
    void replacesTheEndpointWithTheSameId() {
        pool.apply(new PoolUpdate.Added(Endpoint.of("a", 1)));
        assertThat(pool.apply(new PoolUpdate.Added(Endpoint.of("a", 7))).endpoints())
                .containsExactly(Endpoint.of("a", 7));
    }

    @Test
    void ignoresTheRemovalOfWhatItDoesNotHave() {
        pool.apply(new PoolUpdate.Added(Endpoint.of("a", 1)));
        pool.apply(new PoolUpdate.Removed(new EndpointId("x")));
        PoolSnapshot before = pool.snapshot();
        pool.apply(new PoolUpdate.Removed(new EndpointId("a")));
        assertThat(before.endpoints()).hasSize(1);
        assertThat(pool.snapshot().endpoints()).isEmpty();
    }

    @Test
    void anEndpointWithoutModelsServesAny() {
        assertThat(Endpoint.of("a", 1).serves("m")).isTrue();
        assertThat(new Endpoint(new EndpointId("a"), Set.of("x"), 1).serves("m"))
                .isFalse();
    }

    @Test
    void refusesAnEndpointThatCannotServe() {
        assertThatThrownBy(() -> Endpoint.of("a", 0)).hasMessage("maxInFlight: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new EndpointId("")).hasMessageContaining("at least one character");
    }
}
