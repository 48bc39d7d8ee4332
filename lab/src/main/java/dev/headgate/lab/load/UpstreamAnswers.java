package dev.headgate.lab.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.EnumMap;
import java.util.Map;

/** The prepared answers, and which of them a request wants. */
final class UpstreamAnswers {
    private static final ByteBuf MODEL = Unpooled.wrappedBuffer("bench-".getBytes(US_ASCII));

    private final Map<Workload, ByteBuf> whole = new EnumMap<>(Workload.class);
    private final ByteBuf start = Messages.kept(Messages.streamStart());
    private final ByteBuf token = Messages.kept(Messages.token());
    private final ByteBuf end = Messages.kept(Messages.streamEnd());

    UpstreamAnswers() {
        whole.put(Workload.JSON, Messages.document(Workload.JSON.bodyBytes()));
        whole.put(Workload.JSON_10K, Messages.document(Workload.JSON_10K.bodyBytes()));
        whole.put(
                Workload.BURST,
                Messages.kept(Messages.streamStart()
                        + Messages.token().repeat(Workload.BURST.tokens())
                        + Messages.streamEnd()));
    }

    /** Returns what {@code request}, a slice, asks for; a document where it does not say. */
    static Workload wanted(ByteBuf request) {
        int at = ByteBufUtil.indexOf(MODEL, request);
        if (at < 0) {
            return Workload.JSON;
        }
        return switch (request.getByte(at + MODEL.readableBytes())) {
            case 'l' -> Workload.JSON_10K;
            case 'b' -> Workload.BURST;
            case 'p' -> Workload.PACED;
            case 's' -> Workload.SLOW;
            case 'i' -> Workload.IDLE;
            default -> Workload.JSON;
        };
    }

    /** Returns the answer that is given at once. */
    ByteBuf whole(Workload workload) {
        ByteBuf answer = whole.get(workload);
        if (answer == null) {
            throw new IllegalArgumentException(workload + " (expected: one that is answered at once)");
        }
        return answer.duplicate();
    }

    ByteBuf start() {
        return start.duplicate();
    }

    ByteBuf token() {
        return token.duplicate();
    }

    ByteBuf end() {
        return end.duplicate();
    }
}
