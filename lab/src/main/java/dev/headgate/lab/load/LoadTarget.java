package dev.headgate.lab.load;

import java.net.URI;
import java.util.Map;

/**
 * Where load goes.
 *
 * @param base the URL to which {@code /chat/completions} is added, such as {@code http://127.0.0.1:8080/v1}
 * @param headers what is sent beside the usual
 */
public record LoadTarget(URI base, Map<String, String> headers) {
    /** Copies the headers. */
    public LoadTarget {
        headers = Map.copyOf(headers);
    }
}
