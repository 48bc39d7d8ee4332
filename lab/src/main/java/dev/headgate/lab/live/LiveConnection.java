package dev.headgate.lab.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headgate.lab.load.RequestEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.util.List;

/** One connection of a {@link LiveServer}: reads whole requests and says what is wrong with those that it does not serve. */
final class LiveConnection extends ByteToMessageDecoder {
    private static final ByteBuf HEAD_END = Unpooled.wrappedBuffer("\r\n\r\n".getBytes(US_ASCII));
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PATH = "POST /v1/chat/completions ";

    private final LiveServer server;
    private final int replica;
    private final RequestEnd requestEnd = new RequestEnd();

    LiveConnection(LiveServer server, int replica) {
        this.server = server;
        this.replica = replica;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int length = requestEnd.find(in);
        if (length > 0) {
            answer(context.channel(), in.readSlice(length));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }

    private void answer(Channel channel, ByteBuf request) {
        String start =
                request.toString(request.readerIndex(), Math.min(PATH.length(), request.readableBytes()), US_ASCII);
        if (!start.equals(PATH)) {
            refuse(channel, 404, start.strip() + " (expected: " + PATH.strip() + ")");
            return;
        }
        request.skipBytes(ByteBufUtil.indexOf(HEAD_END, request) + HEAD_END.readableBytes());
        JsonNode body = body(request);
        if (!body.path("stream").asBoolean()) {
            refuse(channel, 400, "stream: false (expected: true)");
        } else if (body.path("model").asText().equals(ChatBodies.WARM_UP)) {
            send(channel, LiveEvents.head());
            send(channel, LiveEvents.tokens(0, LiveEvents.WARM_UP_TOKENS));
            send(channel, LiveEvents.end(0, 1, 0, LiveEvents.WARM_UP_TOKENS));
        } else {
            serve(channel, body);
        }
    }

    private void serve(Channel channel, JsonNode body) {
        LiveService service = server.service();
        String problem = service == null
                ? "no run has begun (expected: model " + ChatBodies.WARM_UP + ")"
                : service.take(replica, channel, body);
        if (!problem.isEmpty()) {
            refuse(channel, 400, problem);
        }
    }

    /** Returns what it says, nothing if it is no JSON. */
    private static JsonNode body(ByteBuf request) {
        try {
            JsonNode body = JSON.readTree(ByteBufUtil.getBytes(request));
            return body == null ? JSON.createObjectNode() : body;
        } catch (IOException e) {
            return JSON.createObjectNode(); // refused, as it does not ask for a stream
        }
    }

    private static void refuse(Channel channel, int status, String message) {
        send(channel, LiveEvents.refusal(status, message));
    }

    static void send(Channel channel, byte[] bytes) {
        var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }
}
