package dev.headgate.worker.onnx;

import java.util.Locale;

/** Reads what ONNX Runtime says when it fails. */
final class OnnxFailures {
    private OnnxFailures() {}

    /** Returns whether memory ran out, in the JVM or outside it. */
    static boolean isOutOfMemory(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return true;
        }
        String message = reason(failure).toLowerCase(Locale.ROOT);
        return message.contains("bad_alloc")
                || message.contains("failed to allocate")
                || message.contains("out of memory");
    }

    /** Returns the failure in one line. */
    static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }
}
