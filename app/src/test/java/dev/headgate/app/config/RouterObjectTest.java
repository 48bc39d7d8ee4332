package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.app.config.RouterObject.Allowed;
import dev.headgate.core.route.RouterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterObjectTest {
    private static final Path FILE = Path.of("headgate.yaml");
    private static final String SOURCE = """
            import dev.headgate.core.pick.*;

            public class First implements RequestRouter {
                @Override public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
                    ranks.add(0);
                }
            }
            """;

    @Test
    void textOfASourceIsARouterWhereThatIsAllowed() throws Exception {
        RouterSettings settings =
                RouterObject.read(object(SOURCE), FILE, Allowed.TEXT).settings();

        assertThat(settings.policy()).isEqualTo("source:First");
        assertThat(RouterObject.read(object(SOURCE), FILE, Allowed.TEXT).settings())
                .isEqualTo(settings);
        assertThatThrownBy(() -> RouterObject.read(object(SOURCE), FILE, Allowed.CODE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("router.sourceText: given (expected: source, with a file,"
                        + " as admin.allowRouterSource is not true)");
    }

    @Test
    void whoIsNotAskedForATokenBringsNoCode() {
        for (String key : List.of("source", "jar", "class", "sourceText")) {
            assertThatThrownBy(() -> RouterObject.read("{\"" + key + "\": \"x\"}", FILE, Allowed.POLICIES))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("router." + key + ": given (expected: a policy, as operators are not asked");
        }
        assertThat(RouterObject.read("{\"policy\": \"p2c\"}", FILE, Allowed.POLICIES)
                        .settings()
                        .policy())
                .isEqualTo("p2c");
    }

    @Test
    void textThatDoesNotCompileIsAnsweredWithItsLine() {
        assertThatThrownBy(() -> RouterObject.read(object(SOURCE.replace("add(0)", "ad(0)")), FILE, Allowed.TEXT))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("sourceText:5:14 cannot find symbol");
        assertThatThrownBy(() -> RouterObject.read(object("class Second {}"), FILE, Allowed.TEXT))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("sourceText: 0 routers in it (expected: one public class");
    }

    @Test
    void textBesideAPolicyIsRefused() {
        assertThatThrownBy(() -> RouterObject.read("{\"policy\": \"p2c\", \"sourceText\": \"x\"}", FILE, Allowed.TEXT))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("given beside policy");
    }

    private static String object(String source) throws Exception {
        return new JsonMapper().writeValueAsString(Map.of("sourceText", source));
    }
}
