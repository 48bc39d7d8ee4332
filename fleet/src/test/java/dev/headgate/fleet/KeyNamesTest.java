package dev.headgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.core.failover.BackendPart;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyNamesTest {
    private final KeyNames keys = new KeyNames("hg");

    @Test
    void keysAreThoseOfTheSpecification() {
        BackendPart part = new BackendPart("main", "east", "gpt-4o");

        assertThat(keys.cool(part)).isEqualTo("hg:cool:main:east:gpt-4o");
        assertThat(keys.cool(part.whole())).isEqualTo("hg:cool:main:east");
        assertThat(keys.probe(part.whole())).isEqualTo("hg:probe:main:east");
        assertThat(keys.limit(part, "rpm")).isEqualTo("hg:rpm:main:east:gpt-4o");
        assertThat(keys.channel()).isEqualTo("hg:ev");
    }

    @Test
    void everyNameIsReadAsItWasWritten() {
        List<String> names = List.of("", " ", ":", "%", "%3A", "a:b", "é", "日本", "\r\n", "x/y_z-1.2", "{tag}");
        for (String name : names) {
            BackendPart part = new BackendPart("p" + name, "b" + name, name);
            assertThat(KeyNames.part(KeyNames.name(part))).isEqualTo(part);
            assertThat(KeyNames.name(part)).matches("[A-Za-z0-9._/%-]+:[A-Za-z0-9._/%-]+:[A-Za-z0-9._/%-]*");
        }
    }

    @Test
    void requestsWithoutAModelAreNotTheWholeBackend() {
        BackendPart unnamed = new BackendPart("p", "b", "");

        assertThat(keys.cool(unnamed)).isNotEqualTo(keys.cool(unnamed.whole()));
        assertThat(KeyNames.part("p:b:")).isEqualTo(unnamed);
        assertThat(KeyNames.part("p:b")).isEqualTo(unnamed.whole());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p", "p:b:m:x", "p:b:%", "p:b:%4", "p:%zz"})
    void whatIsNoNameIsNone(String name) {
        assertThat(KeyNames.part(name)).isNull();
    }
}
