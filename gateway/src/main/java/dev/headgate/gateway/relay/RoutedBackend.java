package dev.headgate.gateway.relay;

import dev.headgate.core.pool.Backend;
import dev.headgate.core.request.AnswerClassifier;
import dev.headgate.core.request.CredentialOwner;
import dev.headgate.core.signal.SignalSettings;
import dev.headgate.gateway.signal.AskedBackend;
import dev.headgate.gateway.upstream.UpstreamTarget;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A backend with all that a request to it needs, worked out once.
 *
 * @param backend as the core knows it
 * @param edge where it is
 * @param pool its pool
 * @param target where connections go
 * @param authority the value of {@code Host}
 * @param credential the fixed field value; null if there is none or it changes
 * @param tokens the token that changes; null if there is none
 * @param classifier what its answers mean
 */
record RoutedBackend(
        Backend backend,
        BackendEdge edge,
        PoolEdge pool,
        UpstreamTarget target,
        AsciiString authority,
        @Nullable AsciiString credential,
        @Nullable TokenCache tokens,
        AnswerClassifier classifier) {

    /** Returns whose credential an attempt carries: decides what a 401 means. */
    CredentialOwner owner() {
        return credential != null || tokens != null ? CredentialOwner.BACKEND : CredentialOwner.CALLER;
    }

    /** Returns it as one that is asked about itself; a token that changes is not shown then. */
    AskedBackend asked(boolean readsStats, SignalSettings settings) {
        AskedBackend.Shown shown = edge.credential() instanceof Credential.Key key
                ? new AskedBackend.Shown(AsciiString.of(key.header().fieldName()), AsciiString.of(key.value()))
                : null;
        return new AskedBackend(
                pool.name(), backend.id(), target, authority, edge.pathPrefix(), shown, readsStats, settings);
    }

    /** Returns whether the caller's credentials are passed on. */
    boolean forwardsCredentials() {
        return edge.credential() instanceof Credential.Forwarded;
    }

    /** Names the backend; its credential is not shown. */
    @Override
    public String toString() {
        return pool.name() + "/" + edge.id();
    }
}
