package dev.headgate.lab.failover;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;

/** Sends one request on a connection of its own and receives whatever comes, to whatever end. */
final class Caller {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    private final URI target;
    private final Map<String, String> headers;
    private final Duration patience;

    /** Makes a caller of {@code target}, which may have a path to put before every request's. */
    Caller(URI target, Map<String, String> headers, Duration patience) {
        this.target = target;
        this.headers = headers;
        this.patience = patience;
    }

    /** Posts {@code body} and returns what came back. */
    Reception post(String path, String body) {
        Receiving receiving = new Receiving();
        Reception.Ending ending = Reception.Ending.BROKEN;
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request(path, body.getBytes(UTF_8)));
            receiving.receive(socket);
            ending = Reception.Ending.CLEAN;
        } catch (SocketTimeoutException e) {
            ending = Reception.Ending.NEVER;
        } catch (IOException | NumberFormatException e) {
            receiving.note(e);
        }
        return receiving.reception(ending);
    }

    private Socket connect() throws IOException {
        boolean isSecure = "https".equals(target.getScheme());
        int port = target.getPort() >= 0 ? target.getPort() : isSecure ? 443 : 80;
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(target.getHost(), port), (int) CONNECT_PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        return isSecure
                ? ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(socket, target.getHost(), port, true)
                : socket;
    }

    private byte[] request(String path, byte[] body) {
        String prefix = target.getPath() == null ? "" : target.getPath().replaceAll("/+$", "");
        StringBuilder head = new StringBuilder("POST " + prefix + path + " HTTP/1.1\r\n");
        head.append("host: ").append(target.getAuthority()).append("\r\n");
        head.append("content-type: application/json\r\ncontent-length: ").append(body.length);
        head.append("\r\naccept: application/json, text/event-stream\r\nconnection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** An answer as far as it has come. */
    private final class Receiving {
        private final long sentNanos = System.nanoTime();
        private final Map<String, String> fields = new HashMap<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final EventReader events = new EventReader();
        private int status;

        private void receive(Socket socket) throws IOException {
            InputStream in = new BufferedInputStream(new Patient(socket, sentNanos + patience.toNanos()));
            String start = line(in);
            if (!start.startsWith("HTTP/1.") || start.length() < 12) {
                throw new IOException("no status line: " + start);
            }
            status = Integer.parseInt(start.substring(9, 12));
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                fields.put(
                        line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            if (fields.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
                chunks(in);
            } else if (fields.containsKey("content-length")) {
                take(in, Long.parseLong(fields.get("content-length")));
            } else {
                toTheEnd(in);
            }
        }

        private void chunks(InputStream in) throws IOException {
            while (true) {
                String size = line(in);
                int semicolon = size.indexOf(';');
                long bytes = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
                take(in, bytes);
                String end = line(in);
                if (bytes == 0) {
                    while (!end.isEmpty()) {
                        end = line(in);
                    }
                    return;
                }
            }
        }

        private void take(InputStream in, long bytes) throws IOException {
            byte[] part = new byte[8192];
            for (long left = bytes; left > 0; ) {
                int read = in.read(part, 0, (int) Math.min(part.length, left));
                if (read < 0) {
                    throw new EOFException(left + " bytes are missing");
                }
                keep(part, read);
                left -= read;
            }
        }

        private void toTheEnd(InputStream in) throws IOException {
            byte[] part = new byte[8192];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                keep(part, read);
            }
        }

        private void keep(byte[] part, int count) {
            body.write(part, 0, count);
            events.take(part, count, System.nanoTime());
        }

        private void note(Exception e) {
            fields.put("x-lab-broken-by", String.valueOf(e.getMessage()));
        }

        private Reception reception(Reception.Ending ending) {
            return new Reception(
                    sentNanos,
                    status,
                    Map.copyOf(fields),
                    body.toString(UTF_8),
                    events.events(),
                    ending,
                    System.nanoTime());
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("the connection ended");
            }
            line.write(read);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /** A socket's input with one deadline for all reads together. */
    private static final class Patient extends InputStream {
        private final Socket socket;
        private final InputStream in;
        private final long deadlineNanos;

        private Patient(Socket socket, long deadlineNanos) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new SocketTimeoutException("the caller's patience is at its end");
            }
            socket.setSoTimeout((int) leftMillis);
            return in.read(bytes, offset, length);
        }
    }
}
