package dev.headgate.worker;

import com.google.protobuf.ByteString;
import dev.headgate.worker.engine.Engine;
import dev.headgate.worker.link.DispatcherLink;
import dev.headgate.worker.link.LinkListener;
import dev.headgate.worker.link.LinkOptions;
import dev.headgate.worker.protocol.Bye;
import dev.headgate.worker.protocol.Capacity;
import dev.headgate.worker.protocol.DrainRequest;
import dev.headgate.worker.protocol.Frame;
import dev.headgate.worker.protocol.Heartbeat;
import dev.headgate.worker.protocol.Hello;
import dev.headgate.worker.protocol.Lease;
import dev.headgate.worker.protocol.Parts;
import dev.headgate.worker.protocol.ProtocolViolation;
import dev.headgate.worker.protocol.TaskAccepted;
import dev.headgate.worker.protocol.Welcome;
import dev.headgate.worker.protocol.WorkerProtocol;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the dispatcher's frames and lets the parts of a worker act on them. Owned by the worker's serial executor. */
final class WorkerLoop implements LinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerLoop.class);
    private static final long MAX_UNACKED_BYTES = 64L << 20;
    private static final int DEFAULT_HEARTBEAT_MILLIS = 2_000;
    private static final int MIN_HEARTBEAT_MILLIS = 10;
    private static final int DEFAULT_TTL_MILLIS = 10_000;
    private static final int EXIT_DUPLICATE_ID = 1;

    private final WorkerOptions options;
    private final Engine engine;
    private final WorkerThreads threads;
    private final ByteString instance = drawInstance();
    private final ResidentModels models;
    private final TaskDesk tasks;
    private final UnackedResults results = new UnackedResults(MAX_UNACKED_BYTES);
    private final DispatcherLink link;
    private final Departure departure;
    private final MemoryWatch memory = new MemoryWatch(Runtime.getRuntime().maxMemory());
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private @Nullable ScheduledFuture<?> heartbeats;
    private long heartbeatNumber;
    private boolean ending;
    private volatile boolean connected;

    WorkerLoop(WorkerOptions options, Engine engine, WorkerThreads threads) {
        this.options = options;
        this.engine = engine;
        this.threads = threads;
        this.link = new DispatcherLink(
                new LinkOptions(options.dispatcher(), options.workerId(), options.tokenFile(), options.seed()),
                this,
                threads.owner());
        this.models = new ResidentModels(
                engine,
                new MemoryLedger(options.memoryBytes(), options.maxLabels()),
                threads.loader(),
                threads.owner(),
                state -> say(Frame.newBuilder().setModelState(state)));
        this.tasks = new TaskDesk(
                engine.taskTypes(),
                options.runSlots() + options.queueSlots(),
                models,
                threads.runners(),
                threads.owner(),
                new DeskOutput());
        this.departure = new Departure(new DepartureSteps(), threads.owner());
    }

    void start() {
        threads.loader().execute(engine::warmUp);
        threads.owner().execute(link::start);
    }

    /** Begins to leave; may be called from any thread. */
    void leave() {
        threads.owner().execute(departure::request);
    }

    /** Ends without a goodbye; may be called from any thread. */
    void abort() {
        threads.owner().execute(() -> {
            link.abort();
            end(0);
        });
    }

    /** Returns whether the dispatcher has welcomed this worker; may be called from any thread. */
    boolean isConnected() {
        return connected;
    }

    /** Returns what the process should exit with, once the worker has ended. */
    CompletableFuture<Integer> exitCode() {
        return exitCode;
    }

    @Override
    public Hello opened() {
        return Hello.newBuilder()
                .setMinor(WorkerProtocol.MINOR)
                .setWorkerId(options.workerId())
                .setInstance(instance)
                .setVersion(Optional.ofNullable(WorkerLoop.class.getPackage().getImplementationVersion())
                        .orElse("dev"))
                .setEngine(engine.name())
                .setCapacity(capacity())
                .addAllLabels(engine.labels())
                .setAnyLabel(engine.loadsAnyLabel())
                .addAllTaskTypes(engine.taskTypes())
                .putAttributes("pid", Long.toString(ProcessHandle.current().pid()))
                .addAllModels(models.states())
                .addAllRunning(tasks.running())
                .build();
    }

    @Override
    public void received(Frame frame) {
        if (!link.isWelcomed() && !frame.hasWelcome() && !frame.hasError()) {
            throw violation("frame " + frame.getBodyCase() + " before Welcome");
        }
        switch (frame.getBodyCase()) {
            case WELCOME -> welcomed(frame.getWelcome());
            case ASSIGN -> tasks.assign(frame.getAssign());
            case PART -> tasks.add(frame.getPart());
            case CANCEL -> tasks.cancel(frame.getCancel().getLease());
            case LOAD -> models.load(frame.getLoad());
            case UNLOAD -> models.unload(frame.getUnload().getLabel());
            case RESULT_ACK -> {
                results.forget(frame.getResultAck().getLeasesList());
                departure.check();
            }
            case DRAIN -> departure.drain(limit(frame.getDrain().getTimeoutMs()));
            case PROBE -> heartbeat(frame.getProbe().getN());
            case CREDIT -> LOG.debug("log credit is not used yet");
            case ERROR ->
                LOG.warn(
                        "the dispatcher reports: {} {}",
                        frame.getError().getCode(),
                        frame.getError().getMessage());
            case BODY_NOT_SET -> LOG.debug("a frame of a later protocol version is ignored");
            case HELLO, HEARTBEAT, MODEL_STATE, ACCEPTED, REJECTED, OUTPUT, RESULT, LOG, DRAIN_REQUEST, STATS, BYE ->
                throw violation("frame " + frame.getBodyCase() + " comes from workers only");
        }
    }

    @Override
    public void closed(int code) {
        connected = false;
        if (heartbeats != null) {
            heartbeats.cancel(false);
            heartbeats = null;
        }
        tasks.connectionLost();
        if (code == WorkerProtocol.CLOSE_DUPLICATE_ID) {
            LOG.error(
                    "another worker named {} is connected to {}; give this one another id",
                    options.workerId(),
                    options.dispatcher());
            end(EXIT_DUPLICATE_ID);
            return;
        }
        departure.connectionLost();
    }

    private void welcomed(Welcome welcome) {
        link.welcomed(Duration.ofMillis(welcome.getTtlMs() > 0 ? welcome.getTtlMs() : DEFAULT_TTL_MILLIS));
        connected = true;
        LOG.info("connected: dispatcher={} worker={}", options.dispatcher(), options.workerId());
        welcome.getDroppedList().forEach(tasks::cancel);
        results.forget(welcome.getDroppedList());
        results.all().forEach(this::send);
        int millis = welcome.getHeartbeatMs() > 0
                ? Math.max(MIN_HEARTBEAT_MILLIS, welcome.getHeartbeatMs())
                : DEFAULT_HEARTBEAT_MILLIS;
        heartbeats = threads.owner().scheduleAtFixedRate(this::beat, millis, millis, TimeUnit.MILLISECONDS);
        departure.check();
    }

    private void beat() {
        heartbeat(++heartbeatNumber);
        link.probe();
        long residentBytes = ProcessMemory.residentBytes();
        boolean idle = tasks.running().isEmpty();
        if (memory.shouldRecycle(System.nanoTime(), residentBytes, models.usedBytes(), idle)) {
            LOG.warn(
                    "this process has grown beyond what its models explain and ends: residentBytes={} modelBytes={}",
                    residentBytes,
                    models.usedBytes());
            departure.request();
        }
    }

    private void heartbeat(long number) {
        say(Frame.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setN(number)
                        .addAllRunning(tasks.running())
                        .setOngoing(tasks.running().size())
                        .setMemoryUsed(models.usedBytes())
                        .setRss(ProcessMemory.residentBytes())
                        .setModelsHash(models.hash())));
    }

    private Capacity capacity() {
        return Capacity.newBuilder()
                .setRunSlots(options.runSlots())
                .setLoadSlots(1)
                .setQueueSlots(options.queueSlots())
                .setMaxLabels(options.maxLabels())
                .setMemoryBytes(options.memoryBytes())
                .setMaxFrameBytes(WorkerProtocol.MAX_FRAME_BYTES)
                .setMaxBatch(engine.maxBatch())
                .build();
    }

    /** Sends a frame that only matters to a dispatcher that knows this worker. */
    private void say(Frame.Builder frame) {
        if (link.isWelcomed()) {
            link.send(frame.build());
        }
    }

    private void send(UnackedResults.Kept result) {
        if (link.isWelcomed()) {
            link.send(Frame.newBuilder().setResult(result.frame()).build());
            link.sendParts(Parts.split(result.frame().getLease(), result.payload()));
        }
    }

    private void end(int code) {
        if (ending) {
            return;
        }
        ending = true;
        connected = false;
        tasks.cancelAll();
        var _ = link.close()
                .thenRun(() -> Thread.ofPlatform().name("headgate-end").start(() -> finish(code)));
    }

    private void finish(int code) {
        try {
            if (threads.stopWork()) {
                models.close();
                engine.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.abort();
            threads.owner().shutdownNow();
            exitCode.complete(code);
        }
    }

    private static Duration limit(int millis) {
        return millis > 0 ? Duration.ofMillis(millis) : Departure.LIMIT;
    }

    private static ProtocolViolation violation(String message) {
        return new ProtocolViolation(WorkerProtocol.CLOSE_VIOLATION, message);
    }

    private static ByteString drawInstance() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private final class DeskOutput implements TaskDesk.Output {
        @Override
        public void send(Frame frame) {
            say(frame.toBuilder());
        }

        @Override
        public boolean sendAgain(Lease lease) {
            UnackedResults.Kept kept = results.of(lease);
            if (kept == null) {
                return false;
            }
            say(Frame.newBuilder().setAccepted(TaskAccepted.newBuilder().setLease(lease)));
            WorkerLoop.this.send(kept);
            return true;
        }

        @Override
        public void finished(UnackedResults.Kept result) {
            results.keep(result);
            WorkerLoop.this.send(result);
            departure.check();
        }
    }

    private final class DepartureSteps implements Departure.Steps {
        @Override
        public boolean ask() {
            say(Frame.newBuilder().setDrainRequest(DrainRequest.newBuilder().setReason("stopping")));
            return link.isWelcomed();
        }

        @Override
        public void refuseNew() {
            LOG.info("draining: running={}", tasks.running().size());
            tasks.drain();
        }

        @Override
        public boolean isDone() {
            return tasks.running().isEmpty() && (results.isEmpty() || !link.isWelcomed());
        }

        @Override
        public void leave() {
            say(Frame.newBuilder().setBye(Bye.newBuilder().setReason("drained")));
            end(0);
        }
    }
}
