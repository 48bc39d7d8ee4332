package dev.headgate.gateway.relay;

import dev.headgate.core.stream.StreamOutput;
import dev.headgate.gateway.http.Exchange;
import io.netty.buffer.Unpooled;

/**
 * The caller, for bytes that come from no upstream.
 *
 * @param exchange whose answer has begun
 */
record CallerOutput(Exchange exchange) implements StreamOutput {
    @Override
    public boolean commit() {
        return true;
    }

    @Override
    public void forward(int from, int to) {
        throw new IllegalStateException("nothing is being read");
    }

    @Override
    public void send(byte[] bytes, int from, int to) {
        exchange.write(Unpooled.copiedBuffer(bytes, from, to - from));
    }
}
