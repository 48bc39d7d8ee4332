package dev.headgate.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection on which a request is due at fixed times, whether or not the one before is answered by then. A request
 * that has to wait for it counts from when it was due, so that a gateway's pause is not hidden by the caller's own.
 */
public final class OpenLoad {
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private OpenLoad() {}

    /** Sends {@code perSecond} requests a second for {@code duration}. */
    public static Latencies run(LoadTarget target, Workload workload, int perSecond, Duration duration)
            throws IOException {
        byte[] request = Messages.request(target.base(), target.headers(), workload);
        int requests = Math.toIntExact(duration.toMillis() * perSecond / 1_000);
        long[] nanos = new long[requests];
        int answered = 0;
        long errors = 0;
        try (Socket socket = new Socket(target.base().getHost(), target.base().getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            Receiver receiver = new Receiver(socket.getInputStream());
            long startNanos = System.nanoTime();
            for (int i = 0; i < requests; i++) {
                long dueNanos = startNanos + i * 1_000_000_000L / perSecond;
                for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                socket.getOutputStream().write(request);
                if (receiver.receive() == 200) {
                    nanos[answered++] = System.nanoTime() - dueNanos;
                } else {
                    errors++;
                }
            }
        }
        return new Latencies(Arrays.copyOf(nanos, answered), errors);
    }

    /** Reads answers off a blocking connection. */
    private static final class Receiver {
        private final InputStream in;
        private final ByteBuf buffer = Unpooled.buffer(64 * 1024);
        private final AnswerParser parser = new AnswerParser();

        private Receiver(InputStream in) {
            this.in = in;
        }

        /** Returns the status of the next answer, once it is whole. */
        private int receive() throws IOException {
            while (true) {
                buffer.clear();
                int read = buffer.writeBytes(in, buffer.capacity());
                if (read < 0) {
                    throw new IOException("the gateway closed the connection");
                }
                if (parser.read(buffer)) {
                    return parser.status();
                }
            }
        }
    }
}
