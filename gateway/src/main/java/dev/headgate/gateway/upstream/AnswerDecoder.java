package dev.headgate.gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder of answers, made as strict as gateway.md §10: heads are bounded as a whole, folded lines are refused, a
 * status has three digits from 100 to 599, and the method of the request says whether there is a body.
 */
final class AnswerDecoder extends HttpResponseDecoder {
    /** Of one head: status line, fields and everything before and between them. */
    static final int MAX_HEAD_BYTES = 64 * 1024;

    private boolean isHeadRequest;
    private boolean isInHead = true;
    private boolean hasTwoFramings;
    private int headBytes;
    private long bytes;

    AnswerDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setMaxChunkSize(1 << 20) // a piece is what one read gave, far below
                .setAllowDuplicateContentLengths(true)); // equal ones; different ones fail
    }

    /** The next answer is one to {@code HEAD}, or not. */
    void expect(boolean isHeadRequest) {
        this.isHeadRequest = isHeadRequest;
        hasTwoFramings = false;
        bytes = 0;
    }

    /** Returns whether any byte came since {@link #expect}. */
    boolean sawBytes() {
        return bytes > 0;
    }

    /** Returns whether bytes follow the message that was told last. */
    boolean hasSurplus() {
        return actualReadableBytes() > 0;
    }

    /** Returns whether the head that was told last had a length as well as chunks. */
    boolean hasTwoFramings() {
        return hasTwoFramings;
    }

    /** Returns whether only a close can end the body that follows {@code head}. */
    boolean isEndedByClose(HttpResponse head) {
        return !head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                && !head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                && !isContentAlwaysEmpty(head);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        int start = in.readerIndex();
        bytes++;
        boolean wasInHead = isInHead;
        super.decode(context, in, out);
        int size = out.size();
        if (size > 0) {
            isInHead = out.get(size - 1) instanceof LastHttpContent;
        }
        if (wasInHead) {
            check(in, start, out);
        }
    }

    private void check(ByteBuf in, int start, List<Object> out) {
        int end = in.readerIndex();
        int unread = isInHead ? in.writerIndex() - end : 0;
        if (isFolded(in, start, end)) {
            refuse(out, "folded header line");
        }
        headBytes += end - start;
        if (headBytes + (out.isEmpty() ? unread : 0) > MAX_HEAD_BYTES) {
            refuse(out, "head over " + MAX_HEAD_BYTES + " bytes");
        }
        if (!out.isEmpty()) {
            headBytes = 0;
        }
    }

    /** Each line but the first of a head is looked at; the decoder takes whole lines. */
    private boolean isFolded(ByteBuf in, int start, int end) {
        if (start < end && headBytes > 0 && isBlank(in.getByte(start))) {
            return true;
        }
        int line = in.indexOf(start, end, (byte) '\n') + 1;
        while (line > 0 && line < end) {
            if (isBlank(in.getByte(line))) {
                return true;
            }
            line = in.indexOf(line, end, (byte) '\n') + 1;
        }
        return false;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static void refuse(List<Object> out, String reason) {
        out.clear(); // a head and perhaps an empty end: nothing to release
        throw new MalformedAnswer(reason);
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        HttpVersion version = HttpVersion.valueOf(line[0]);
        if (version.majorVersion() != 1) {
            throw new MalformedAnswer("not HTTP/1.x");
        }
        return new DefaultHttpResponse(
                version, HttpResponseStatus.valueOf(AnswerRules.status(line[1]), line[2]), headersFactory);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return super.isContentAlwaysEmpty(message) || isHeadRequest;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        hasTwoFramings = true;
        clearContentLength();
        message.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
    }
}
