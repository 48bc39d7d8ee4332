package dev.headgate.lab.trace;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Comma-separated {@code TIMESTAMP,ContextTokens,GeneratedTokens}; nothing is known of shared beginnings. */
final class AzureReader implements LineReader {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private final TraceBuilder trace;
    private @Nullable CsvHeader header;

    AzureReader(TraceBuilder trace) {
        this.trace = trace;
    }

    @Override
    public void read(String line, int number) {
        if (header == null) {
            header = new CsvHeader(line, "TIMESTAMP", "ContextTokens", "GeneratedTokens");
            return;
        }
        String[] cells = line.split(",", -1);
        long micros = micros(header.cell(cells, "TIMESTAMP"));
        int input = Fields.promptTokens("ContextTokens", header.cell(cells, "ContextTokens"));
        int output = Fields.answerTokens("GeneratedTokens", header.cell(cells, "GeneratedTokens"));
        trace.add(micros, input, output);
        trace.privateRest();
    }

    private static long micros(@Nullable String text) {
        try {
            LocalDateTime time = LocalDateTime.parse(text == null ? "" : text.strip(), TIME);
            return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
        } catch (DateTimeParseException e) {
            throw new BadTraceException("TIMESTAMP: " + text + " (expected: a time as 2023-11-16 18:17:03.9799600)");
        }
    }
}
