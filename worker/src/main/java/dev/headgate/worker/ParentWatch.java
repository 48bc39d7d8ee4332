package dev.headgate.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Ends the process when its standard input does: a parent that is killed closes it without a word. */
final class ParentWatch {
    private ParentWatch() {}

    static void start(InputStream input) {
        Thread.ofPlatform().daemon().name("headgate-parent-watch").start(() -> {
            try {
                input.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // an input that breaks has ended as well
            }
            Runtime.getRuntime().halt(0);
        });
    }
}
