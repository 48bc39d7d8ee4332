package dev.headgate.gateway.admin;

import dev.headgate.gateway.http.Exchange;
import java.nio.charset.StandardCharsets;

/** Says that the server runs and has a configuration: it listens only once it has. Cooling does not change it. */
public final class Health {
    private static final byte[] OK = "{\"status\":\"ok\"}".getBytes(StandardCharsets.US_ASCII);

    private Health() {}

    /** Answers 200. */
    public static void healthy(Exchange exchange) {
        exchange.answer(200, OK);
    }
}
