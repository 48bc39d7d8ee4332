package dev.headgate.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BodyBufferTest {
    @Test
    void holdsWhatWasAddedHoweverLargeThePieces() {
        SplittableRandom random = new SplittableRandom(7);
        for (int largest : new int[] {2, 100, 3000, 9000, 70_000}) {
            BodyBuffer buffer = new BodyBuffer(UnpooledByteBufAllocator.DEFAULT);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int piece = 0; piece < 100; piece++) {
                byte[] bytes = new byte[random.nextInt(largest)];
                random.nextBytes(bytes);
                expected.writeBytes(bytes);
                ByteBuf wrapped = Unpooled.wrappedBuffer(bytes);
                buffer.add(wrapped);
                wrapped.release();
            }
            assertThat(buffer.size()).isEqualTo(expected.size());
            ByteBuf whole = buffer.whole();
            assertThat(ByteBufUtil.getBytes(whole)).isEqualTo(expected.toByteArray());
            whole.release();
        }
    }

    @Test
    void emptyBodyIsEmpty() {
        assertThat(new BodyBuffer(UnpooledByteBufAllocator.DEFAULT).whole().readableBytes())
                .isZero();
    }
}
