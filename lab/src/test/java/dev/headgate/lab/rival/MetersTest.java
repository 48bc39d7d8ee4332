package dev.headgate.lab.rival;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetersTest {
    @TempDir
    private Path folder;

    @Test
    void ownProcessHasUsedTimeAndHoldsMemory() {
        ProcessTree own = new ProcessTree(ProcessHandle.current());
        assertThat(own.cpuMicros()).isGreaterThan(100_000);
        assertThat(own.residentBytes()).isGreaterThan(10 << 20);
    }

    @Test
    void endedProcessHasUsedNothing() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        assertThat(new ProcessTree(ended.toHandle()).cpuMicros()).isZero();
    }

    @Test
    void systemCallsAreReadOffTheLastLine() {
        String table = """
                % time     seconds  usecs/call     calls    errors syscall
                ------ ----------- ----------- --------- --------- ----------------
                 60.00    0.100000           5     20000         3 read
                ------ ----------- ----------- --------- --------- ----------------
                100.00    0.166667           5     33333         3 total
                """;
        assertThat(SyscallMeter.calls(table)).hasValue(33_333);
        assertThat(SyscallMeter.calls("strace: Operation not permitted\n")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void configurationOfEveryRivalIsFilledIn(Rival rival) throws IOException {
        Rival.Place place = rival.prepare(folder, 12_345, 23_456);
        assertThat(Files.readString(place.config())).contains("23456").doesNotContain("${");
        assertThat(rival.headers(place)).containsKey("authorization");
        assertThat(Rival.named(rival.toString())).contains(rival);
    }

    @Test
    void configurationOfHeadgateIsFilledIn() throws IOException {
        assertThat(Rival.headgateConfig(23_456)).contains("127.0.0.1:23456").doesNotContain("${");
    }

    @Test
    void rivalThatIsNotInstalledIsNotStarted() {
        assertThat(Rival.ENVOY.program(folder)).isEmpty();
    }
}
