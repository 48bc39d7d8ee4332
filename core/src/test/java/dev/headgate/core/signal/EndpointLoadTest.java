package dev.headgate.core.signal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointLoadTest {
    private final EndpointLoad load = new EndpointLoad();

    @Test
    void countsUpToTheLimitAndNoFurther() {
        assertThat(load.tryStart(2)).isTrue();
        assertThat(load.tryStart(2)).isTrue();
        assertThat(load.tryStart(2)).isFalse();
        assertThat(load.inFlight()).isEqualTo(2);
    }

    @Test
    void hasRoomAgainAfterOneFinished() {
        load.tryStart(1);
        load.finish();
        assertThat(load.tryStart(1)).isTrue();
    }

    @Test
    void aLimitThatShrankLetsNobodyInUntilEnoughFinished() {
        load.tryStart(3);
        load.tryStart(3);
        assertThat(load.tryStart(1)).isFalse();
    }
}
