package dev.headgate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells when files have changed and come to rest. It looks at times, sizes and identities, so it also sees files that are
 * replaced, as editors do, and links that are turned, as Kubernetes does. Confined to one thread at a time.
 */
final class FileWatch {
    /** What a file looked like; null values if it was not there. */
    private record Look(
            @Nullable FileTime modified,
            long bytes,
            @Nullable Object identity) {
        private static final Look MISSING = new Look(null, 0, null);

        static Look at(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Look(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return MISSING;
            }
        }
    }

    private Map<Path, Look> known = Map.of();
    private Map<Path, Look> last = Map.of();

    /** Watches these files as they are now; those watched before count as they were then, so that no change is missed. */
    void watch(Collection<Path> files) {
        Map<Path, Look> now = looks(files);
        now.replaceAll((file, look) -> last.getOrDefault(file, look));
        known = now;
        last = now;
    }

    /** Takes what the files look like now for what is known of them; to be called before they are read. */
    void refresh() {
        last = looks(known.keySet());
        known = last;
    }

    /** Returns whether a file differs from what is known and is the same as at the last call: it is no longer written. */
    boolean hasChanged() {
        Map<Path, Look> now = looks(known.keySet());
        boolean isAtRest = now.equals(last);
        last = now;
        return isAtRest && !now.equals(known);
    }

    private static Map<Path, Look> looks(Collection<Path> files) {
        Map<Path, Look> looks = new HashMap<>();
        files.forEach(file -> looks.put(file, Look.at(file)));
        return looks;
    }
}
