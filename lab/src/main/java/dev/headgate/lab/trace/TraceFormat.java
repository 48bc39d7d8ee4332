package dev.headgate.lab.trace;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a file of requests looks like, simulator.md §3. */
public enum TraceFormat {
    /** Mooncake's open traces. */
    MOONCAKE(512, "\"hash_ids\""),
    /** Microsoft Azure's traces of 2023 and 2024. */
    AZURE(512, "TIMESTAMP,ContextTokens"),
    /** BurstGPT. */
    BURSTGPT(16, "Request tokens"),
    /** Alibaba's Qwen-Bailian. */
    BAILIAN(16, "\"parent_chat_id\""),
    /** Conversations in a closed loop. */
    SESSIONS(512, "\"session\""),
    /** Headgate's decision log. */
    HEADGATE(64, "\"block_tokens\"");

    private final int unitTokens;
    private final String mark;

    TraceFormat(int unitTokens, String mark) {
        this.unitTokens = unitTokens;
        this.mark = mark;
    }

    /** Returns the format called {@code name}; empty if there is none. */
    public static Optional<TraceFormat> named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.toString().equals(name))
                .findFirst();
    }

    /** Returns the names, separated by commas. */
    public static String names() {
        return Arrays.stream(values()).map(TraceFormat::toString).collect(Collectors.joining(", "));
    }

    /** Returns the format of a file whose first line is {@code line}; empty if it could be several or none. */
    static Optional<TraceFormat> guess(String line) {
        // What names a conversation or a block size says more than the ids, which three formats have.
        for (TraceFormat format : new TraceFormat[] {BAILIAN, HEADGATE, SESSIONS, MOONCAKE, AZURE, BURSTGPT}) {
            if (line.toLowerCase(Locale.ROOT).contains(format.mark.toLowerCase(Locale.ROOT))) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Returns the tokens of a unit unless the caller knows better. */
    int unitTokens() {
        return unitTokens;
    }

    LineReader reader(TraceBuilder trace, boolean skipBad) {
        return switch (this) {
            case MOONCAKE -> new MooncakeReader(trace, skipBad);
            case AZURE -> new AzureReader(trace);
            case BURSTGPT -> new BurstGptReader(trace);
            case BAILIAN -> new BailianReader(trace, skipBad);
            case SESSIONS -> new SessionsReader(trace, skipBad);
            case HEADGATE -> new HeadgateReader(trace);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
