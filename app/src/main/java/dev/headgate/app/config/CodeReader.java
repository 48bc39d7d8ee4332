package dev.headgate.app.config;

import dev.headgate.app.router.LoadedRouter;
import dev.headgate.app.router.RouterLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads where the code of a router is: {@code class}, {@code jar} or {@code source}, or the code itself. */
final class CodeReader {
    private static final Kind<String> CLASS = Kind.text("the name of a class");
    private static final Kind<String> SOURCE_TEXT = Kind.text("the text of a source file");

    private CodeReader() {}

    /**
     * Returns the code, null if there is none or, which is noted, it cannot be loaded.
     *
     * @param isPosted whether it comes from an operator, who may give the text of a source too
     */
    static @Nullable LoadedRouter read(Section router, boolean isPosted) {
        Optional<String> text = isPosted ? router.optional("sourceText", SOURCE_TEXT) : Optional.empty();
        if (!isPosted) {
            router.refused("sourceText", "source, with the file that it is in");
        }
        Optional<String> className = router.optional("class", CLASS);
        Optional<Path> jar = router.optional("jar", router.reading().path("a jar", Optional::of));
        Optional<Path> source = router.optional("source", router.reading().path("a source file", Optional::of));
        boolean reloads = router.value("reload", Kind.flag(), false);
        List<String> given = List.of("policy", "sourceText", "source", "jar", "class").stream()
                .filter(router::has)
                .toList();
        if (router.reading().describes() || given.isEmpty() || given.equals(List.of("policy"))) {
            return null;
        }
        if (given.size() > 1 && !given.equals(List.of("jar", "class"))) {
            router.problem(
                    given.getLast(),
                    "given beside " + given.getFirst() + " (expected: one of policy, class, jar and source;"
                            + " class also beside jar)");
            return null;
        }
        String key = given.getFirst();
        Optional<Path> file = jar.or(() -> source);
        if (reloads && file.isPresent()) {
            router.reading().uses(file.get());
        }
        return text.map(code -> load(router, key, () -> RouterLoader.ofText(code)))
                .or(() -> source.map(path -> load(router, key, () -> RouterLoader.ofSource(path))))
                .or(() -> jar.map(path -> load(router, key, () -> RouterLoader.ofJar(path, className))))
                .or(() -> className.map(name -> load(router, key, () -> RouterLoader.ofClass(name))))
                .orElse(null);
    }

    private static @Nullable LoadedRouter load(Section router, String key, Supplier<LoadedRouter> code) {
        try {
            return code.get();
        } catch (IllegalArgumentException e) {
            router.problem(key, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
