package dev.headgate.lab.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs tasks on a number of threads and returns their results in the order of the tasks. */
final class Workers {
    private final int threads;

    Workers(int threads) {
        this.threads = threads;
    }

    /** Returns what {@code tasks} return; what the first that fails throws is thrown. */
    <T> List<T> all(List<Callable<T>> tasks) {
        try (ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, Math.min(threads, tasks.size())))) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
