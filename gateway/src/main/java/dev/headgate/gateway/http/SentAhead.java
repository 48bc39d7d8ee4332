package dev.headgate.gateway.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/** What a client has sent beyond the request that is being answered. Confined to the connection's event loop. */
final class SentAhead {
    private static final int MAX_OBJECTS = 64; // not requests
    private static final int MAX_BYTES = 64 * 1024;

    private final Queue<HttpObject> objects = new ArrayDeque<>();
    private int bytes;

    /** Adds {@code object}, which is kept whether there is room or not. */
    void add(HttpObject object) {
        objects.add(object);
        bytes += bytesOf(object);
    }

    /** Takes out what came first; there must be something. */
    HttpObject next() {
        HttpObject first = objects.remove();
        bytes -= bytesOf(first);
        return first;
    }

    boolean isEmpty() {
        return objects.isEmpty();
    }

    /** Returns whether more should be read. */
    boolean hasRoom() {
        return objects.size() < MAX_OBJECTS && bytes < MAX_BYTES;
    }

    /** Drops it all. */
    void release() {
        objects.forEach(ReferenceCountUtil::release);
        objects.clear();
        bytes = 0;
    }

    private static int bytesOf(HttpObject object) {
        return object instanceof HttpContent content ? content.content().readableBytes() : 0;
    }
}
