package dev.headgate.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WrittenContentTest {
    @Test
    void whatBreaksOffIsNeverTakenForWhole() throws IOException {
        for (int i = 0; i < 3000; i++) {
            try (InputStream content = new WrittenContent(target -> {
                target.write(1);
                throw new IOException("broken off");
            })) {
                assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void whatBreaksOffWithAnErrorIsNotTakenForWhole() throws IOException {
        try (InputStream content = new WrittenContent(target -> {
            target.write(1);
            throw new NoClassDefFoundError("Codec");
        })) {
            assertThatThrownBy(content::readAllBytes).isInstanceOf(IOException.class);
        }
    }
}
