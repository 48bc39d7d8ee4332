package dev.headgate.client;

import dev.headgate.core.failover.BackendStatus.State;
import dev.headgate.core.request.CoolingCause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a backend stands at one moment.
 *
 * @param id its name
 * @param priority its tier
 * @param state what it may be used for, that of the longest wait among backend and models
 * @param cause why it is out of use; null if it is not
 * @param remaining until it may be called again, zero if it may be
 * @param successfulCalls since the client was built
 * @param inFlight attempts at this moment
 */
public record BackendStatus(
        String id,
        int priority,
        State state,
        @Nullable CoolingCause cause,
        Duration remaining,
        long successfulCalls,
        int inFlight) {}
