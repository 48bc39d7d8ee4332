package dev.headgate.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A future whose asynchronous dependents, and theirs, run on the client's threads unless they are given others. */
final class ClientFuture<T> extends CompletableFuture<T> {
    private final Executor executor;

    ClientFuture(Executor executor) {
        this.executor = executor;
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new ClientFuture<>(executor);
    }
}
