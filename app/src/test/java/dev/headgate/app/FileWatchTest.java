package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    private final FileWatch watch = new FileWatch();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void watched() throws IOException {
        file = Files.writeString(folder.resolve("file"), "1");
        watch.watch(List.of(file));
    }

    @Test
    void nothingHasChangedAtFirst() {
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isFalse();
    }

    @Test
    void changeIsToldOnceTheFileIsAtRest() throws IOException {
        Files.writeString(file, "12");
        assertThat(watch.hasChanged()).isFalse();
        Files.writeString(file, "123");
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
    }

    @Test
    void changeIsToldUntilItIsKnown() throws IOException {
        Files.writeString(file, "12");
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
        assertThat(watch.hasChanged()).isTrue();
        watch.refresh();
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isFalse();
    }

    @Test
    void replacedFileHasChangedThoughItLooksTheSame() throws IOException {
        Path other = Files.writeString(folder.resolve("other"), "2");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
    }

    @Test
    void fileThatGoesAndComesIsAChange() throws IOException {
        Files.delete(file);
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
        watch.refresh();
        Files.writeString(file, "1");
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
    }

    @Test
    void changeWhileTheFileIsReadIsNotMissed() throws IOException {
        watch.refresh();
        Files.writeString(file, "changed while it is read");
        watch.watch(List.of(file));
        assertThat(watch.hasChanged()).isFalse();
        assertThat(watch.hasChanged()).isTrue();
    }
}
