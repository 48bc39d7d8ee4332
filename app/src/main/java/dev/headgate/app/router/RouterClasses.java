package dev.headgate.app.router;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads what a router brings along, from memory, before what Headgate has; only the JDK and the interface that both speak
 * come from Headgate first. So a router may bring another version of a library, and two versions of a router may run side
 * by side.
 */
final class RouterClasses extends ClassLoader {
    private static final List<String> SHARED = List.of("java.", "dev.headgate.core.", "org.jspecify.");

    private final Map<String, byte[]> files;

    /** Holds {@code files} by their path, as {@code com/acme/Mine.class}. */
    RouterClasses(Map<String, byte[]> files, ClassLoader headgate) {
        super(headgate);
        this.files = files;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        byte[] bytes = files.get(name.replace('.', '/') + ".class");
        if (bytes == null || SHARED.stream().anyMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? defineClass(name, bytes, 0, bytes.length) : known;
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        byte[] bytes = files.get(name);
        return bytes == null ? super.getResource(name) : url(name, bytes);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        byte[] bytes = files.get(name);
        return bytes == null ? super.getResources(name) : Collections.enumeration(List.of(url(name, bytes)));
    }

    private static URL url(String name, byte[] bytes) {
        try {
            return URL.of(URI.create("router:/" + name.replace(" ", "%20")), new InMemory(bytes));
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(name + " (expected: the name of a resource)", e);
        }
    }

    private static final class InMemory extends URLStreamHandler {
        private final byte[] bytes;

        private InMemory(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() {
                    return new ByteArrayInputStream(bytes);
                }
            };
        }
    }
}
