package dev.headgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeConfigTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");

    @TempDir
    private Path folder;

    @Test
    void everyConfigurationOfTheReadmeIsRead() throws IOException {
        for (String name : List.of("c.token", "w.token", "east.key")) {
            Files.writeString(folder.resolve(name), "secret\n");
        }
        String readme = Files.readString(Path.of("..", "README.md"));
        List<String> blocks = BLOCK.matcher(readme)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(4);
        for (String block : blocks) {
            Path file = Files.writeString(folder.resolve("headgate.yaml"), block.replace("/models", folder.toString()));
            assertThat(ServeConfigReader.read(
                            file, ListenFlags.NONE, Map.of("PTU_KEY", "secret", "NODE_NAME", "n1")::get))
                    .isNotNull();
        }
    }

    @Test
    void dispatcherKeysOfTheReadmeShowTheirDefaults() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String dispatch = readme.substring(readme.indexOf("dispatch:\n  auth"));
        String defaults = dispatch.substring(0, dispatch.indexOf("```"))
                .lines()
                .filter(line -> !line.startsWith("  auth:") && !line.startsWith("  models:"))
                .reduce("", (text, line) -> text + line + "\n");
        Path file = Files.writeString(folder.resolve("headgate.yaml"), defaults);
        assertThat(ServeConfigReader.read(file, ListenFlags.NONE)).isEqualTo(ServeConfig.DEFAULT);
    }
}
