package dev.headgate.lab.trace;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;

/** Reads files of requests; those whose name ends in {@code .gz} are unpacked on the way. */
public final class TraceFiles {
    private final Optional<TraceFormat> format;
    private final OptionalInt unitTokens;
    private final boolean skipBad;

    private TraceFiles(Optional<TraceFormat> format, OptionalInt unitTokens, boolean skipBad) {
        this.format = format;
        this.unitTokens = unitTokens;
        this.skipBad = skipBad;
    }

    /** Reads files as what their first line looks like; a bad line stops it. */
    public static TraceFiles guessing() {
        return new TraceFiles(Optional.empty(), OptionalInt.empty(), false);
    }

    /** Reads every file as {@code known}. */
    public TraceFiles as(TraceFormat known) {
        return new TraceFiles(Optional.of(known), unitTokens, skipBad);
    }

    /** Takes each id to stand for {@code tokens}. */
    public TraceFiles inUnitsOf(int tokens) {
        return new TraceFiles(format, OptionalInt.of(tokens), skipBad);
    }

    /** Counts bad lines and goes on. */
    public TraceFiles skippingBadLines() {
        return new TraceFiles(format, unitTokens, true);
    }

    /** Reads {@code file}; throws {@link BadTraceException} if it is missing, empty or wrong. */
    public TraceFile read(Path file) {
        byte[] bytes = bytes(file);
        List<String> lines = lines(file, bytes);
        int first = 0;
        while (first < lines.size() && lines.get(first).isBlank()) {
            first++;
        }
        if (first == lines.size()) {
            throw new BadTraceException(file + ":1: an empty file (expected: one request per line)");
        }
        TraceFormat known = format(file, first + 1, lines.get(first));
        TraceBuilder trace = new TraceBuilder(unitTokens.orElse(known.unitTokens()));
        LineReader reader = known.reader(trace, skipBad);
        int bad = readLines(file, lines, reader);
        finish(file, reader);
        if (trace.size() == 0) {
            throw new BadTraceException(file + ": no request left of " + lines.size() + " lines, " + bad + " bad, "
                    + reader.skipped() + " skipped (expected: at least one)");
        }
        return new TraceFile(
                String.valueOf(file.getFileName()),
                known,
                sha256(bytes),
                trace.build(),
                bad,
                notes(trace, reader, bad));
    }

    /** Returns the lines of {@code file}, unpacked; throws {@link BadTraceException} if it cannot be read. */
    public static List<String> lines(Path file) {
        return lines(file, bytes(file));
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadTraceException(file + ": no such file (expected: a trace)");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static BadTraceException unreadable(Path file, IOException e) {
        return new BadTraceException(file + ": cannot be read, " + e.getMessage() + " (expected: a trace)");
    }

    private TraceFormat format(Path file, int number, String line) {
        return format.or(() -> TraceFormat.guess(line))
                .orElseThrow(() -> new BadTraceException(file + ":" + number + ": " + JsonLine.shown(line)
                        + " (expected: a format that can be told from the first line, or --format with one of "
                        + TraceFormat.names() + ")"));
    }

    private int readLines(Path file, List<String> lines, LineReader reader) {
        int bad = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            try {
                reader.read(lines.get(i), i + 1);
            } catch (BadTraceException e) {
                if (!skipBad) {
                    throw new BadTraceException(file + ":" + (i + 1) + ": " + e.getMessage());
                }
                bad++;
            }
        }
        return bad;
    }

    private static void finish(Path file, LineReader reader) {
        try {
            reader.finish();
        } catch (BadTraceException e) {
            throw new BadTraceException(file + ": " + e.getMessage());
        }
    }

    private static List<String> notes(TraceBuilder trace, LineReader reader, int bad) {
        List<String> notes = new ArrayList<>();
        if (!trace.isSorted()) {
            notes.add("times go back: sorted");
        }
        if (bad > 0) {
            notes.add(bad + " bad lines left out");
        }
        if (reader.skipped() > 0) {
            notes.add(reader.skipped() + " failed calls left out");
        }
        if (reader.cut() > 0) {
            notes.add(reader.cut() + " requests with surplus block ids cut");
        }
        return notes;
    }

    private static List<String> lines(Path file, byte[] bytes) {
        boolean packed = file.toString().endsWith(".gz");
        try (InputStream raw = new ByteArrayInputStream(bytes);
                InputStream in = packed ? new GZIPInputStream(raw, 1 << 16) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (UncheckedIOException e) {
            throw unreadable(file, new IOException(e.getMessage(), e));
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
