package dev.headgate.gateway.admin;

import dev.headgate.gateway.http.CallerListener;
import dev.headgate.gateway.http.Exchange;
import dev.headgate.gateway.relay.TrafficLog;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The traffic log on its way to one operator, until that goes. Whoever reads slower than it grows is cut off, as a log with
 * gaps would be taken for whole. Confined to the event loop of its connection.
 */
final class Recording implements CallerListener {
    private final Exchange exchange;
    private TrafficLog.@Nullable Reader reader;

    private Recording(Exchange exchange) {
        this.exchange = exchange;
    }

    static void begin(Exchange exchange, TrafficLog log) {
        exchange.loop().execute(() -> new Recording(exchange).start(log));
    }

    private void start(TrafficLog log) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson");
        if (!exchange.begin(head)) {
            return;
        }
        exchange.flush();
        reader = log.read(line -> exchange.loop().execute(() -> write(line)));
        exchange.listen(this);
    }

    private void write(String line) {
        if (reader == null) {
            return;
        }
        if (!exchange.isWritable()) {
            gone();
            exchange.abort();
            return;
        }
        exchange.write(Unpooled.copiedBuffer(line, StandardCharsets.UTF_8));
        exchange.flush();
    }

    @Override
    public void writable() {}

    @Override
    public void gone() {
        TrafficLog.Reader open = reader;
        if (open != null) {
            reader = null;
            open.close();
        }
    }
}
