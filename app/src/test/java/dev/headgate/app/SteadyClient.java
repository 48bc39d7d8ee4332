package dev.headgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A client that sends one good request after the other and remembers what was not answered with 200. */
final class SteadyClient implements AutoCloseable {
    private final Supplier<Answer> request;
    private final AtomicInteger served = new AtomicInteger();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofVirtual().name("steady-client").unstarted(this::run);
    private volatile boolean stopped;
    private volatile int marked;

    private SteadyClient(Supplier<Answer> request) {
        this.request = request;
    }

    static SteadyClient start(Supplier<Answer> request) {
        SteadyClient client = new SteadyClient(request);
        client.thread.start();
        return client;
    }

    /** Starts the stretch that {@link #assertGoesOn} judges. */
    void mark() {
        marked = served.get();
    }

    /** Fails the test if a request failed, or if none was sent and answered since the mark. */
    void assertGoesOn() throws InterruptedException {
        int needed = marked + 2; // the first may have been sent before the mark
        Eventually.until("another client is served", HeadgateProcess.PATIENCE, () -> served.get() >= needed);
        assertThat(troubles).as("what another client did not get").isEmpty();
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void run() {
        while (!stopped) {
            try {
                Answer answer = request.get();
                served.incrementAndGet();
                if (answer.status() != 200) {
                    troubles.add(answer.status() + " " + answer.body());
                }
                Thread.sleep(5);
            } catch (AssertionError e) {
                if (!stopped) {
                    troubles.add(String.valueOf(e.getMessage()));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
