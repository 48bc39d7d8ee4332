package dev.headgate.gateway.relay;

import dev.headgate.core.failover.Attempt;
import dev.headgate.core.failover.RecoveryMode;
import dev.headgate.core.request.AttemptFailure;
import dev.headgate.gateway.upstream.ConnectionGate;
import dev.headgate.gateway.upstream.UpstreamExchange;
import dev.headgate.gateway.upstream.UpstreamTarget;
import dev.headgate.gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Sends an attempt's request, once there is a credential for it. Confined to the event loop. */
final class AttemptSending {
    private final RelayAttempt attempt;
    private int transmissions;
    private boolean needsFresh;
    private @Nullable AsciiString credential;

    AttemptSending(RelayAttempt attempt) {
        this.attempt = attempt;
    }

    void start(RecoveryMode mode) {
        TokenCache tokens = attempt.backend().tokens();
        if (tokens == null) {
            transmit(attempt.backend().credential(), mode);
            return;
        }
        AsciiString token = tokens.current();
        if (token == null) {
            tokens.fetch(fetched -> attempt.call().exchange().loop().execute(() -> fetched(fetched, mode)));
        } else {
            transmit(token, mode);
        }
    }

    private void fetched(@Nullable AsciiString token, RecoveryMode mode) {
        if (attempt.isDone()) {
            return;
        }
        if (token == null) {
            attempt.fail(AttemptFailure.NO_TOKEN);
        } else {
            transmit(token, mode);
        }
    }

    /** The token was refused: it is not used again. */
    void dropToken() {
        TokenCache tokens = attempt.backend().tokens();
        if (tokens != null) {
            tokens.drop(credential);
        }
    }

    /** Sends what was sent before, on a fresh connection. */
    void again(RecoveryMode mode) {
        needsFresh = true;
        transmit(credential, mode);
    }

    private void transmit(@Nullable AsciiString shown, RecoveryMode mode) {
        credential = shown;
        RelayCall call = attempt.call();
        Attempt routed = attempt.attempt();
        ByteBuf body = body(mode);
        if (body == null) {
            attempt.giveUp();
            return;
        }
        HttpRequest head = call.request().head(routed, attempt.backend(), shown, body.readableBytes());
        int transmission = ++transmissions;
        EventLoop loop = call.exchange().loop();
        UpstreamTarget target = attempt.backend().target();
        ConnectionGate gate = call.relay().gate(routed);
        Upstreams upstreams = call.relay().upstreams();
        UpstreamExchange sent = needsFresh
                ? upstreams.sendFresh(loop, target, head, body, gate, attempt)
                : upstreams.send(loop, target, head, body, gate, attempt);
        if (attempt.isDone()) {
            sent.cancel();
        } else if (transmission == transmissions) {
            attempt.sent(sent);
        }
    }

    private @Nullable ByteBuf body(RecoveryMode mode) {
        Attempt routed = attempt.attempt();
        ByteBuf body = attempt.call().request().body(routed);
        if (mode != RecoveryMode.CONTINUE) {
            return body;
        }
        try {
            return attempt.call()
                    .recovery()
                    .delivery(routed.settings().recovery())
                    .continuation(body.nioBuffer(), routed.prefill())
                    .map(Unpooled::wrappedBuffer)
                    .orElse(null);
        } finally {
            body.release();
        }
    }
}
