package dev.headgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a server or a URL is said in a sentence, without the password. */
class FirstUseTest {
    private static final String SECRET = "s3cr3t-word";

    @Test
    void wrongPasswordIsSaidAtOnce() throws IOException {
        try (RedisServer redis = RedisServer.start("--requirepass", "another")) {
            FleetOptions options = FleetOptions.of("redis://:" + SECRET + "@127.0.0.1:" + redis.port(), "p");

            assertThatThrownBy(() -> SharedState.over(options, FleetEvents.NONE))
                    .isInstanceOf(FleetException.class)
                    .hasMessage("redis: 127.0.0.1:" + redis.port()
                            + " refuses user and password (expected: those of a user that it knows)")
                    .hasNoCause();
        }
    }

    @Test
    void missingPasswordIsSaidAtOnce() throws IOException {
        try (RedisServer redis = RedisServer.start("--requirepass", "another")) {
            assertThatThrownBy(() -> SharedState.over(redis.options(), FleetEvents.NONE))
                    .isInstanceOf(FleetException.class)
                    .hasMessage("redis: 127.0.0.1:" + redis.port()
                            + " asks for a password (expected: redis://[user]:password@host)");
        }
    }

    @Test
    void rightPasswordAndDatabaseAreTaken() throws IOException {
        try (RedisServer redis = RedisServer.start("--requirepass", SECRET);
                SharedState shared = SharedState.over(
                        FleetOptions.of("redis://default:" + SECRET + "@127.0.0.1:" + redis.port() + "/3", "p"),
                        FleetEvents.NONE)) {
            assertThat(shared.isShared()).isTrue();
        }
    }

    @Test
    void whatIsNoRedisIsAway() throws IOException {
        try (Member member = Member.start(FleetOptions.of("redis://127.0.0.1:" + RedisServer.freePort(), "p"))) {
            assertThat(member.shared.isShared()).isFalse();
            assertThat(member.serve()).isEqualTo("east");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis_version:6.0.16", "redis_version:5.0.14\r\nredis_mode:standalone"})
    void oldServerIsNamedWithItsVersion(String info) {
        assertThatThrownBy(() -> ServerVersion.check("# Server\r\n" + info + "\r\n", "h:1"))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("redis: h:1 is version ")
                .hasMessageContaining("(expected: Redis 6.2 or newer, or Valkey)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis_version:6.2.0", "redis_version:7.2.4\r\nvalkey_version:8.0.1", "redis_mode:x"})
    void newServerAndOneThatDoesNotTellAreTaken(String info) {
        ServerVersion.check("# Server\r\n" + info + "\r\n", "h:1");
        assertThat(info).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://:" + SECRET + "@host",
                "redis://" + SECRET + "@host",
                "redis://:" + SECRET + "@",
                "redis://:" + SECRET + "@host:0",
                "redis://:" + SECRET + "@host:70000",
                "redis://:" + SECRET + "@host/x",
                "redis://:" + SECRET + "@host?timeout=1s",
                "redis://:" + SECRET + "%@host",
                "redis://:" + SECRET + " @host",
                ":" + SECRET,
                ""
            })
    void badUrlIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> FleetOptions.of(url, "p"))
                .isInstanceOf(FleetException.class)
                .hasMessageStartingWith("redis: ")
                .hasMessageContaining("(expected: ")
                .message()
                .doesNotContain(SECRET);
    }

    @Test
    void optionsDoNotShowTheirPassword() {
        FleetOptions options = FleetOptions.of("rediss://ann:" + SECRET + "@[::1]/2", "p");

        assertThat(options.toString()).isEqualTo("FleetOptions[rediss://[::1]:6379/2, prefix=p]");
        assertThat(options.password()).isEqualTo(SECRET);
        assertThat(options.user()).isEqualTo("ann");
    }

    @Test
    void encodedPasswordIsDecoded() {
        assertThat(FleetOptions.of("redis://:a%40b+c@h", "p").password()).isEqualTo("a@b+c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä"})
    void prefixThatWouldNotBeOneWordIsRefused(String prefix) {
        assertThatThrownBy(() -> FleetOptions.of("redis://h", prefix))
                .isInstanceOf(FleetException.class)
                .hasMessageStartingWith("prefix: ");
    }
}
