package dev.headgate.app;

import java.lang.reflect.Proxy;

/**
 * What the operating system's signals do to this process. By reflection, as the compiler warns of the only class that can
 * tell one signal from another, and its warning cannot be turned off.
 */
final class Signals {
    private Signals() {}

    /** Makes {@code signal}, a name such as INT, do nothing. */
    static void ignore(String signal) {
        try {
            var _ = handle(signal, handlerType().getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot ignore a signal", e);
        }
    }

    /**
     * Makes {@code signal} run {@code action} instead of ending the process; one that whoever started the process wants
     * ignored, as nohup does, stays ignored.
     */
    static void on(String signal, Runnable action) {
        try {
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType()}, (_, _, _) -> {
                        action.run();
                        return null;
                    });
            Object before = handle(signal, handler);
            if (before == handlerType().getField("SIG_IGN").get(null)) {
                var _ = handle(signal, before);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot handle a signal", e);
        }
    }

    private static Object handle(String signal, Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        return type.getMethod("handle", type, handlerType())
                .invoke(null, type.getConstructor(String.class).newInstance(signal), handler);
    }

    private static Class<?> handlerType() throws ClassNotFoundException {
        return Class.forName("sun.misc.SignalHandler");
    }
}
