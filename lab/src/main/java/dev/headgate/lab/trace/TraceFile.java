package dev.headgate.lab.trace;

import java.util.List;

/**
 * A file of requests that was read.
 *
 * @param name the file's name without its folder
 * @param format how it was read
 * @param sha256 of its bytes, in hexadecimal
 * @param trace its requests
 * @param bad lines left out because they made no sense
 * @param notes what was mended, a sentence each
 */
public record TraceFile(String name, TraceFormat format, String sha256, Trace trace, int bad, List<String> notes) {
    public TraceFile {
        notes = List.copyOf(notes);
    }
}
