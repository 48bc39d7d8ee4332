package dev.headgate.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A relay that can stop passing bytes back while the connection stays open, like a peer behind a broken network. */
final class SilentPeer implements AutoCloseable {
    private final URI target;
    private final ServerSocket server;
    private final CountDownLatch hangUp = new CountDownLatch(1);
    private volatile boolean muted;

    SilentPeer(URI target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + target.getPath());
    }

    void mute() {
        muted = true;
    }

    /** Returns whether the worker hung up in time. */
    boolean awaitHangUp() throws InterruptedException {
        return hangUp.await(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            Socket near = server.accept();
            Socket far = new Socket(target.getHost(), target.getPort());
            Thread.ofVirtual().start(() -> relay(far, near, false));
            relay(near, far, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void relay(Socket from, Socket to, boolean fromWorker) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!muted) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // the other side of the relay went away
        } finally {
            if (fromWorker) {
                hangUp.countDown();
            }
        }
    }
}
