package dev.headgate.core.failover;

import dev.headgate.core.pool.EndpointId;
import dev.headgate.core.request.Outcome;

/** A backend that a policy gave to an attempt; completed exactly once. Thread-safe. */
public interface PolicyLease {
    /** Returns which it is. */
    EndpointId endpoint();

    /** Returns the question that it answers. */
    PolicyQuestion question();

    /** Returns the number of the explanation of the choice, 0 if it is not explained. */
    long explanation();

    /** The backend takes the request, and has {@code ongoing} with it; −1 if it did not say. */
    void accepted(int ongoing);

    /** The first token came. */
    void firstToken();

    /** The attempt has ended. */
    void complete(Outcome outcome);
}
