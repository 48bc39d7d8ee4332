package dev.headgate.lab.engine;

import dev.headgate.core.time.Wakeups;
import dev.headgate.lab.trace.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One engine with continuous batching, as vLLM V1 schedules: step after step, each decoding request takes a token of the budget,
 * then prompts that have begun, then the queue in order, as long as tokens, sequences and the cache suffice. A request whose
 * next token does not fit makes the newest decoding one start over.
 */
public final class Replica {
    private static final int NONE = -1;

    private final EngineConstants constants;
    private final Trace trace;
    private final RequestStates states;
    private final Clock clock;
    private final RandomGenerator noise;
    private final ReplicaListener listener;
    private final KvMemory memory;
    private final Decoders decoders;
    private final AdapterSlots adapters;
    private final IntQueue waiting = new IntQueue();
    private final Runnable endStep = this::endStep;
    private int[] prefilling = new int[16];
    private int[] chunks = new int[16];
    private int prefillCount;
    private int decodingNow; // in the step that runs
    private double speed = 1;
    private Wakeups.@Nullable Wakeup step;
    private int blockedHead = NONE;
    private long blockedVersion;
    private long busyMicros;
    private long preemptions;
    private boolean down;

    /** Creates an idle one; {@code noise} is its own. */
    public Replica(
            EngineConstants constants,
            ReplicaSpeed kind,
            Trace trace,
            RequestStates states,
            Clock clock,
            RandomGenerator noise,
            ReplicaListener listener) {
        this.constants = constants;
        this.trace = trace;
        this.states = states;
        this.clock = clock;
        this.noise = noise;
        this.listener = listener;
        this.speed = kind.speed();
        this.memory = new KvMemory(trace, states, constants.limits().withCache(kind.cache()), constants.conduct());
        this.decoders = new Decoders(states);
        this.adapters = new AdapterSlots(constants.limits().adapters(), clock, this::queue);
    }

    /** Puts {@code request} at the end of the queue. */
    public void enqueue(int request) {
        states.enqueued[request] = clock.micros();
        if (down) {
            listener.lost(request);
            return;
        }
        if (usesAdapter(request)) {
            adapters.enter(request, trace.model(request));
        } else {
            queue(request);
        }
    }

    private boolean usesAdapter(int request) {
        return constants.limits().adapters() > 0 && !trace.model(request).isEmpty();
    }

    private void queue(int request) {
        waiting.addLast(request);
        if (step == null) {
            startStep();
        }
    }

    /** Goes on at {@code factor} of the preset's speed. */
    public void slowTo(double factor) {
        speed = factor;
    }

    /** Loses everything and takes nothing until {@link #recover}. */
    public void crash() {
        down = true;
        if (step != null) {
            step.cancel();
            step = null;
        }
        List<Integer> heldBack = adapters.clear();
        int[] lost = inFlight();
        waiting.clear();
        prefillCount = 0;
        decoders.clear();
        memory.clear();
        for (int request : lost) {
            listener.lost(request);
        }
        heldBack.forEach(listener::lost);
    }

    /** Starts again with an empty cache. */
    public void recover() {
        down = false;
    }

    /** Returns whether it can be reached. */
    public boolean isUp() {
        return !down;
    }

    /** Returns the requests in its queue, those that wait for an adapter included. */
    public int waiting() {
        return waiting.size() + adapters.heldBack();
    }

    /** Returns the adapters that it holds. */
    public Set<String> adapters() {
        return adapters.loaded();
    }

    /** Returns the requests in its batch. */
    public int running() {
        return decoders.count() + prefillCount;
    }

    /** Returns the tokens of the answer to {@code request} so far, those of the step that runs left out. */
    public int generated(int request) {
        return states.finishStep[request] < 0
                ? states.generated[request]
                : trace.output(request) - decoders.missing(request);
    }

    /** Returns the share of its cache that is taken. */
    public double usage() {
        return memory.usage();
    }

    /** Returns the microseconds that it computed. */
    public long busyMicros() {
        return busyMicros;
    }

    /** Returns how often a request had to start over. */
    public long preemptions() {
        return preemptions;
    }

    /** Checks the cache's books and that it does not idle while it could work; simulator.md §8. */
    public void check() {
        memory.check();
        if (step == null && running() + waiting.size() > 0) {
            throw new IllegalStateException(
                    "idle with " + running() + " requests begun and " + waiting.size() + " waiting");
        }
        if (running() + waiting.size() == 0 && !memory.isIdle()) {
            throw new IllegalStateException("without requests " + memory.usedTokens() + " tokens are in use");
        }
    }

    private void startStep() {
        boolean preempted = preemptUntilTokensFit();
        int budget = constants.limits().budget() - decodingNow;
        long tokens = decodingNow;
        double pairs = 0;
        int sequences = decodingNow;
        for (int i = 0; i < prefillCount; i++) {
            chunks[i] = chunk(prefilling[i], budget);
            budget -= chunks[i];
        }
        if (!preempted) {
            admit(budget);
        }
        for (int i = 0; i < prefillCount; i++) {
            if (chunks[i] > 0) {
                tokens += chunks[i];
                pairs += chunks[i] * (states.computed[prefilling[i]] + chunks[i] / 2.0);
                sequences++;
            }
        }
        if (sequences == 0) {
            step = null;
            return;
        }
        EngineConstants.Step work =
                new EngineConstants.Step(tokens, pairs, decodingNow == 0 ? 0 : decoders.contextTokens(), sequences);
        double micros = constants.stepMicros(work, speed);
        if (constants.noise() > 0) {
            micros *= Math.exp(constants.noise() * noise.nextGaussian());
        }
        long whole = Math.max(1, Math.round(micros));
        busyMicros += whole;
        step = clock.at(clock.micros() + whole, endStep);
    }

    /** Sets how many decode in this step; returns whether one had to start over or to wait. */
    private boolean preemptUntilTokensFit() {
        boolean preempted = false;
        decodingNow = decoders.count();
        while (!memory.makeRoom(decodingNow)) {
            if (decodingNow <= 1) {
                decodingNow = 0; // the oldest waits for prompts that have begun to be complete
                return true;
            }
            preempt(decoders.newest());
            preempted = true;
            decodingNow--;
        }
        return preempted;
    }

    private void preempt(int request) {
        states.generated[request] = trace.output(request) - decoders.missing(request);
        decoders.remove(request, context(request));
        memory.release(request);
        states.computed[request] = 0;
        waiting.addFirst(request);
        preemptions++;
    }

    private void admit(int tokens) {
        int budget = tokens;
        while (budget > 0
                && waiting.size() > 0
                && running() < constants.limits().sequences()) {
            int request = waiting.peek();
            if (request == blockedHead && memory.version() == blockedVersion) {
                return;
            }
            int matched = memory.matched(request);
            if (!memory.take(request, matched, decodingNow)) {
                blockedHead = request;
                blockedVersion = memory.version();
                if (running() == 0) {
                    throw new IllegalStateException("request " + request + " does not fit an empty replica");
                }
                return;
            }
            blockedHead = NONE;
            waiting.poll();
            begin(request, matched);
            chunks[prefillCount - 1] = chunk(request, budget);
            budget -= chunks[prefillCount - 1];
        }
    }

    private void begin(int request, int matched) {
        long inCache = Math.min((long) matched * constants.limits().blockTokens(), trace.input(request));
        states.computed[request] = (int) Math.min(inCache, target(request) - 1L);
        if (states.scheduled[request] < 0) {
            states.scheduled[request] = clock.micros();
            states.cachedTokens[request] = states.computed[request];
        }
        if (prefillCount == prefilling.length) {
            prefilling = Arrays.copyOf(prefilling, 2 * prefillCount);
            chunks = Arrays.copyOf(chunks, 2 * prefillCount);
        }
        prefilling[prefillCount++] = request;
    }

    private int chunk(int request, int budget) {
        return Math.min(budget, target(request) - states.computed[request]);
    }

    /** Returns the tokens to compute before the next token of the answer. */
    private int target(int request) {
        return trace.input(request) + (constants.conduct().answersRecomputed() ? states.generated[request] : 0);
    }

    private long context(int request) {
        return (long) trace.input(request) + states.generated[request];
    }

    private void endStep() {
        if (decodingNow > 0) {
            memory.grow(decodingNow);
            decoders.stepped();
            for (int request = decoders.pollComplete(); request != NONE; request = decoders.pollComplete()) {
                states.generated[request] = trace.output(request);
                decoders.remove(request, context(request));
                finish(request);
            }
        }
        int left = 0;
        int begun = prefillCount;
        for (int i = 0; i < begun; i++) {
            int request = prefilling[i];
            if (chunks[i] > 0) {
                states.computed[request] += chunks[i];
                memory.computed(request, states.computed[request]);
            }
            if (states.computed[request] == target(request)) {
                prefilled(request);
            } else {
                prefilling[left++] = request;
            }
        }
        prefillCount = left;
        startStep();
    }

    private void prefilled(int request) {
        int generated = ++states.generated[request];
        memory.grow(1);
        if (states.first[request] < 0) {
            states.first[request] = clock.micros();
            listener.firstToken(request);
        }
        if (generated == trace.output(request)) {
            finish(request);
        } else {
            decoders.add(request, trace.output(request) - generated, context(request));
        }
    }

    private void finish(int request) {
        memory.release(request);
        memory.keepAnswer(request);
        if (usesAdapter(request)) {
            adapters.leave(trace.model(request));
        }
        states.done[request] = clock.micros();
        listener.completed(request);
    }

    private int[] inFlight() {
        int[] requests = new int[waiting.size() + running()];
        int count = 0;
        for (int i = 0; i < waiting.size(); i++) {
            requests[count++] = waiting.get(i);
        }
        for (int i = 0; i < prefillCount; i++) {
            requests[count++] = prefilling[i];
        }
        for (int r = decoders.count() == 0 ? NONE : decoders.newest(); r != NONE; r = decoders.older(r)) {
            requests[count++] = r;
        }
        Arrays.sort(requests);
        return requests;
    }
}
