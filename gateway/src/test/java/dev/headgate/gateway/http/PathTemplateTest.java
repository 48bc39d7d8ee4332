package dev.headgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathTemplateTest {
    @Test
    void openSegmentTakesAnyOneThatIsNotEmpty() {
        PathTemplate router = PathTemplate.of("/pools/{pool}/router");
        assertThat(router.matches("/pools/main/router")).isTrue();
        assertThat(router.matches("/pools/%2F/router")).isTrue();
        assertThat(router.matches("/pools//router")).isFalse();
    }

    @Test
    void otherSegmentsAreTakenAsTheyAre() {
        PathTemplate router = PathTemplate.of("/pools/{pool}/router");
        assertThat(router.matches("/pools/main/routers")).isFalse();
        assertThat(router.matches("/pools/main/router/")).isFalse();
        assertThat(router.matches("/pools/main")).isFalse();
        assertThat(router.matches("/pools/a/b/router")).isFalse();
    }

    @Test
    void pathsWithoutOpenSegmentsAreNoTemplates() {
        assertThat(PathTemplate.isTemplate("/pools/{pool}")).isTrue();
        assertThat(PathTemplate.isTemplate("/pools/")).isFalse();
    }
}
