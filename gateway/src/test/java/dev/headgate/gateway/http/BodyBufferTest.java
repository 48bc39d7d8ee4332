package dev.headgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BodyBufferTest {
    @Test
    void holdsWhatWasAddedWhateverWasAnnounced() {
        SplittableRandom random = new SplittableRandom(7);
        for (int announced : new int[] {0, 1, 1000, 70_000, 10_000_000}) {
            BodyBuffer buffer = new BodyBuffer(announced);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int piece = 0; piece < 100; piece++) {
                byte[] bytes = new byte[random.nextInt(3000)];
                random.nextBytes(bytes);
                expected.writeBytes(bytes);
                ByteBuf wrapped = Unpooled.wrappedBuffer(bytes);
                buffer.add(wrapped);
                wrapped.release();
            }
            assertThat(buffer.size()).isEqualTo(expected.size());
            assertThat(buffer.whole()).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void emptyBodyIsEmpty() {
        assertThat(new BodyBuffer(100).whole()).isEmpty();
    }
}
