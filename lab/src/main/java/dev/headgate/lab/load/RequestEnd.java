package dev.headgate.lab.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Locale;

/** Finds the end of a request from a gateway, with a length or in chunks. */
public final class RequestEnd {
    private static final ByteBuf HEAD_END = Unpooled.wrappedBuffer("\r\n\r\n".getBytes(US_ASCII));
    private static final ByteBuf LAST_CHUNK = Unpooled.wrappedBuffer("\r\n0\r\n\r\n".getBytes(US_ASCII));

    private int headBytes; // 0 until the head is whole
    private int bodyBytes; // -1 for chunks

    /** Returns the length of the first request in {@code in}, or 0 if it is not whole. */
    public int find(ByteBuf in) {
        if (headBytes == 0) {
            int end = ByteBufUtil.indexOf(HEAD_END, in.slice());
            if (end < 0) {
                return 0;
            }
            headBytes = end + HEAD_END.readableBytes();
            bodyBytes =
                    bodyBytes(in.toString(in.readerIndex(), headBytes, US_ASCII).toLowerCase(Locale.ROOT));
        }
        int length = headBytes + bodyBytes;
        if (bodyBytes < 0) {
            // The line end before the last chunk may be the head's.
            int from = in.readerIndex() + headBytes - 2;
            int end = ByteBufUtil.indexOf(LAST_CHUNK, in.slice(from, in.writerIndex() - from));
            length = end < 0 ? Integer.MAX_VALUE : from + end + LAST_CHUNK.readableBytes() - in.readerIndex();
        }
        if (in.readableBytes() < length) {
            return 0;
        }
        headBytes = 0;
        return length;
    }

    private static int bodyBytes(String head) {
        int length = head.indexOf("\r\ncontent-length:");
        if (length < 0) {
            return head.contains("\r\ntransfer-encoding: chunked") ? -1 : 0;
        }
        int from = length + "\r\ncontent-length:".length();
        return Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
    }
}
