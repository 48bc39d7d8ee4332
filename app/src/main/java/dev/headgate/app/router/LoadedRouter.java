package dev.headgate.app.router;

import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.route.RouterCode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The code of a router: where it came from, a class, and the files that belong to it. Two of the same form, place and content
 * are equal. Immutable.
 */
public final class LoadedRouter implements RouterCode {
    private final Form form;
    private final String place;
    private final String className;
    private final String hash;
    private final Map<String, byte[]> files;

    /** Checks that the class can be what it says it is; {@code hash} is of all that was read, empty if nothing was. */
    LoadedRouter(Form form, String place, String className, String hash, Map<String, byte[]> files) {
        this.form = form;
        this.place = place;
        this.className = className;
        this.hash = hash;
        this.files = files;
        var _ = constructor();
    }

    /** Returns what logs and the admin API call it: its form and class, as {@code source:Mine}. */
    public String name() {
        return form.word() + ":" + className;
    }

    /** Returns a router with classes of its own, not started, on the caller's thread. */
    public RequestRouter router() {
        String wrong = place + ": the constructor of " + className;
        try {
            return constructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(wrong + " throws " + e.getCause() + " (expected: nothing)", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalArgumentException(wrong + " fails with " + e + " (expected: a router)", e);
        }
    }

    @Override
    public Instance create() {
        OwnThread router = new OwnThread(router(), name());
        return new Instance(router, router::execute);
    }

    private Constructor<? extends RequestRouter> constructor() {
        String shown = place + (form == Form.CLASS ? "" : ": " + className);
        ClassLoader headgate = LoadedRouter.class.getClassLoader();
        ClassLoader loader = files.isEmpty() ? headgate : new RouterClasses(files, headgate);
        try {
            Class<?> type = Class.forName(className, true, loader);
            if (!RequestRouter.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
                throw new IllegalArgumentException(shown + " is no router (expected: a public class that implements "
                        + RequestRouter.class.getName() + ")");
            }
            if (!Modifier.isPublic(type.getModifiers())) {
                throw new IllegalArgumentException(shown + " is not public (expected: a public class)");
            }
            return type.asSubclass(RequestRouter.class).getConstructor();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    shown + " is not there (expected: a class "
                            + (form == Form.CLASS ? "on the class path" : "in " + place) + ")",
                    e);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    shown + " has no public constructor without parameters (expected: one)", e);
        } catch (UnsupportedClassVersionError e) {
            throw new IllegalArgumentException(
                    shown + " is built for a newer Java (expected: Java "
                            + Runtime.version().feature() + " or older)",
                    e);
        } catch (LinkageError e) {
            throw new IllegalArgumentException(
                    shown + " cannot be loaded, " + e + " (expected: a class of this SPI)", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LoadedRouter that
                && form == that.form
                && place.equals(that.place)
                && className.equals(that.className)
                && hash.equals(that.hash);
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, place, className, hash);
    }

    @Override
    public String toString() {
        return name() + (hash.isEmpty() ? "" : " " + hash.substring(0, 12));
    }
}
