package dev.headgate.fleet;

import dev.headgate.core.failover.BackendPart;
import dev.headgate.core.failover.FailoverRouter;
import dev.headgate.core.failover.SharedNews;
import dev.headgate.core.failover.SharedPort;
import dev.headgate.core.guard.QuotaReport;
import dev.headgate.core.guard.RateLimits;
import dev.headgate.core.pool.BackendLimits;
import dev.headgate.core.request.CoolingCause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What this process shares with others that use the same Redis and prefix. While the server is away, each process goes by
 * what it learns itself; when it is back, what is still in force is merged.
 *
 * <p>Thread-safe. Has a daemon thread of its own and those of Lettuce, until {@link #close}.
 */
public final class SharedState implements SharedPort, AutoCloseable {
    private static final long BEAT_MILLIS = 1_000;
    private static final long MEMBER_MILLIS = 3_000;

    /** Often enough that no chunk of a limit runs out of its time before there is another. */
    private static final long LENDING_MILLIS = 200;

    /** More than a first try takes, so that its result is known. */
    private static final long START_MILLIS = Dialling.FIRST.toMillis() + 500;

    /** A script has room for thousands of keys; fewer keep the server free for others meanwhile. */
    private static final int KEYS_PER_READ = 500;

    private final String me = UUID.randomUUID().toString();
    private final FleetOptions options;
    private final FleetEvents events;
    private final KeyNames keys;
    private final ScheduledThreadPoolExecutor thread;
    private final Dialling dialling;
    private final RedisLink link;
    private final CooldownRegisters cooldowns;
    private final QuotaRegisters quotas;
    private final ProbeRights probes;
    private final Lending lending;
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private boolean isStarting = true; // of the module's thread, as are the next three
    private boolean wasAlone;
    private String whyAlone = "";
    private @Nullable SharedNews news;
    private volatile int members = 1;

    private SharedState(FleetOptions options, FleetEvents events) {
        this.options = options;
        this.events = events;
        keys = new KeyNames(options.prefix());
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "headgate-fleet");
            created.setDaemon(true);
            return created;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        dialling = new Dialling(options, keys.channel());
        link = new RedisLink(dialling, thread, new Wiring());
        cooldowns = new CooldownRegisters(link, keys, me);
        quotas = new QuotaRegisters(link, keys, me);
        probes = new ProbeRights(link, keys, me, this::wake);
        lending = new Lending(link, keys, this::wake, this::members);
    }

    /**
     * Shares from now on. A server that is away now is tried again each second.
     *
     * @throws FleetException if the server refuses the password or is too old
     */
    public static SharedState over(FleetOptions options, FleetEvents events) {
        SharedState state = new SharedState(options, events);
        CompletableFuture<Lines> first = new CompletableFuture<>();
        state.execute(() -> {
            var unused = state.link.connect(Dialling.FIRST).whenComplete((lines, failure) -> {
                if (failure == null) {
                    first.complete(lines);
                } else {
                    first.completeExceptionally(failure);
                }
            });
        });
        var unused = state.thread.scheduleWithFixedDelay(
                () -> state.guarded(state::beat), BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        var unusedLending = state.thread.scheduleWithFixedDelay(
                () -> state.guarded(state.lending::turn), LENDING_MILLIS, LENDING_MILLIS, TimeUnit.MILLISECONDS);
        try {
            first.get(START_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (Dialling.isFinal(e)) {
                state.close();
                throw new FleetException(Dialling.sentence(e, options.address()));
            }
            state.execute(state::startsAlone);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return state;
    }

    private void startsAlone() {
        isStarting = false;
        if (!link.isUp()) {
            wasAlone = true;
            events.alone(whyAlone);
        }
    }

    /** Shares what {@code router} learns; to be called once, before its first call is opened. */
    public void join(FailoverRouter router) {
        SharedNews from = router.sharedBy(this);
        execute(() -> {
            news = from;
            cooldowns.feed(from);
            quotas.feed(from);
            beat();
        });
    }

    /** Returns whether state is shared at this moment. */
    public boolean isShared() {
        return link.isUp();
    }

    /** Returns how many processes share, this one included; while the server is away, how many did. */
    public int members() {
        return members;
    }

    @Override
    public void cooled(BackendPart part, CoolingCause cause, long waitNanos) {
        if (link.isUp() && cooldowns.put(part, cause, waitNanos)) {
            wake();
        }
    }

    @Override
    public boolean takesReports() {
        return link.isUp();
    }

    @Override
    public void left(BackendPart part, QuotaReport report) {
        if (link.isUp() && quotas.put(part, report)) {
            wake();
        }
    }

    @Override
    public RateLimits limits(BackendPart part, BackendLimits limits, long nowNanos) {
        return lending.limits(part, limits, nowNanos);
    }

    @Override
    public boolean mayProbe(BackendPart backend) {
        return probes.mayProbe(backend);
    }

    @Override
    public void probeBegan(BackendPart backend) {
        probes.began(backend);
    }

    @Override
    public void probeEnded(BackendPart backend) {
        probes.ended(backend);
    }

    /** Leaves the fleet and ends all threads. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            execute(() -> {
                var unused = link.run(Script.GONE, List.of(keys.members()), List.of(me))
                        .exceptionally(failure -> List.of())
                        .thenCompose(answer -> link.close())
                        .whenComplete((ended, failure) -> {
                            thread.shutdown();
                            dialling.close();
                        });
            });
        }
    }

    /** Has the module's thread look at what was left for it. */
    private void wake() {
        if (isWoken.compareAndSet(false, true)) {
            execute(this::work);
        }
    }

    private void work() {
        isWoken.set(false); // first: what is left from here on wakes again
        cooldowns.send();
        probes.ask();
        lending.turn();
        quotas.send();
    }

    /** What is done each second: be here, read what may have been missed, give back what is not used. */
    private void beat() {
        if (!link.isUp()) {
            return;
        }
        var unusedCount = link.run(Script.HERE, List.of(keys.members()), List.of(me, Long.toString(MEMBER_MILLIS)))
                .thenAccept(answer -> {
                    if (answer.get(0) instanceof Long count) {
                        members = (int) Math.max(1, Math.min(Integer.MAX_VALUE, count));
                    }
                });
        readAll();
        work();
    }

    private void readAll() {
        SharedNews router = news;
        if (router == null) {
            return;
        }
        List<BackendPart> parts = new ArrayList<>();
        router.eachPart(parts::add);
        lending.forget(new HashSet<>(parts));
        for (int from = 0; from < parts.size(); from += KEYS_PER_READ / 2) {
            read(parts.subList(from, Math.min(parts.size(), from + KEYS_PER_READ / 2)));
        }
    }

    private void read(List<BackendPart> parts) {
        List<String> names = new ArrayList<>();
        for (BackendPart part : parts) {
            names.add(keys.cool(part));
            names.add(keys.left(part));
        }
        long began = System.nanoTime();
        var unusedRead = link.run(Script.READ, names, List.of()).thenAccept(answer -> {
            long micros = Words.number(String.valueOf(answer.get(0)));
            long age = System.nanoTime() - began;
            for (int i = 0; micros >= 0 && i < parts.size() && 2 * i + 2 < answer.size(); i++) {
                if (answer.get(2 * i + 1) instanceof String value) {
                    cooldowns.read(parts.get(i), value, micros / 1_000, age);
                }
                if (answer.get(2 * i + 2) instanceof String value) {
                    quotas.read(parts.get(i), value, micros);
                }
            }
            cooldowns.forget(micros / 1_000);
        });
    }

    private void execute(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            if (!isClosed.get()) {
                throw e;
            }
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            events.failed(e);
        }
    }

    private final class Wiring implements RedisLink.Owner {
        @Override
        public void up() {
            isStarting = false;
            wasAlone = false;
            events.shared(options.address());
            SharedNews router = news;
            if (router != null) {
                router.tellAgain();
            }
            beat();
        }

        @Override
        public void down(String reason) {
            cooldowns.clear();
            quotas.clear();
            lending.alone();
            whyAlone = reason;
            if (!wasAlone && !isStarting) {
                wasAlone = true;
                events.alone(reason);
            }
        }

        @Override
        public void heard(String message) {
            String[] words = message.split(" ", -1);
            if (words[0].equals("cool")) {
                cooldowns.heard(words);
            } else if (words[0].equals("left")) {
                quotas.heard(words);
            }
        }
    }
}
