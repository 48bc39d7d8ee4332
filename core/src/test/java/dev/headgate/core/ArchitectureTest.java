package dev.headgate.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the core to its structure: which package may import which, and nothing from outside but the JDK. */
class ArchitectureTest {
    private static final String ROOT = "dev.headgate.core";

    /** Each may import those to its left. */
    private static final List<String> ORDER = List.of(
            "time", "request", "pool", "stream", "signal", "guard", "failover", "pick", "admit", "place", "route");

    private static final Map<String, List<String>> MAY_IMPORT = mayImport();

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @TempDir
    private Path planted;

    static List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        MAY_IMPORT.forEach((name, allowed) -> rules.add(importsOnly(name, allowed)));
        rules.add(classes()
                .should()
                .resideInAnyPackage(
                        MAY_IMPORT.keySet().stream().map(ArchitectureTest::tree).toArray(String[]::new))
                .because("a package without a place in the order escapes the rules"));
        rules.add(classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "..", "java..", "org.jspecify.annotations..")
                .because("the core runs wherever a JVM does"));
        return rules;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void coreObeys(ArchRule rule) {
        rule.check(CORE);
    }

    @Test
    void everyPackageIsNullMarked() throws ClassNotFoundException {
        TreeSet<String> packages = new TreeSet<>();
        CORE.forEach(type -> packages.add(type.getPackageName()));
        assertThat(packages).isNotEmpty();
        for (String name : packages) {
            assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                    .as("%s is @NullMarked", name)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"time, request", "pick, admit", "place, route", "scale, guard", "guard, scale"})
    void importToTheRightIsReported(String from, String to) throws IOException {
        JavaClasses classes = compile(Map.of(
                ROOT + "." + to + ".Target",
                "public class Target {}",
                ROOT + "." + from + ".Planted",
                "class Planted { " + ROOT + "." + to + ".Target target; }"));
        assertThatThrownBy(() -> checkAll(classes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Planted.target");
    }

    @Test
    void importToTheLeftIsAllowed() throws IOException {
        checkAll(compile(Map.of(
                ROOT + ".time.Target",
                "public class Target {}",
                ROOT + ".scale.Planted",
                "class Planted { " + ROOT + ".time.Target target; }")));
    }

    @Test
    void packageOutsideTheOrderIsReported() throws IOException {
        JavaClasses classes = compile(Map.of(ROOT + ".util.Planted", "class Planted {}"));
        assertThatThrownBy(() -> checkAll(classes)).hasMessageContaining(ROOT + ".util.Planted");
    }

    @Test
    void foreignLibraryIsReported() throws IOException {
        JavaClasses classes =
                compile(Map.of(ROOT + ".pick.Planted", "class Planted { org.junit.jupiter.api.TestInfo info; }"));
        assertThatThrownBy(() -> checkAll(classes)).hasMessageContaining("org.junit.jupiter.api.TestInfo");
    }

    private static Map<String, List<String>> mayImport() {
        Map<String, List<String>> allowed = new LinkedHashMap<>();
        ORDER.forEach(name -> allowed.put(name, ORDER.subList(0, ORDER.indexOf(name))));
        allowed.put("scale", List.of("time", "pool", "signal"));
        return allowed;
    }

    private static ArchRule importsOnly(String name, List<String> allowed) {
        String[] forbidden = MAY_IMPORT.keySet().stream()
                .filter(other -> !other.equals(name) && !allowed.contains(other))
                .map(ArchitectureTest::tree)
                .toArray(String[]::new);
        // Packages that nobody has written yet have no classes to check.
        return noClasses()
                .that()
                .resideInAPackage(tree(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true)
                .as(name + " imports only " + allowed);
    }

    private static String tree(String name) {
        return ROOT + "." + name + "..";
    }

    private static void checkAll(JavaClasses classes) {
        rules().forEach(rule -> rule.check(classes));
    }

    private JavaClasses compile(Map<String, String> bodies) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-d", planted.toString(), "-cp", System.getProperty("java.class.path")));
        for (Map.Entry<String, String> type : bodies.entrySet()) {
            int dot = type.getKey().lastIndexOf('.');
            Path file = planted.resolve(type.getKey().substring(dot + 1) + ".java");
            Files.writeString(file, "package " + type.getKey().substring(0, dot) + "; " + type.getValue());
            arguments.add(file.toString());
        }
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(failed).as("the planted classes compile").isZero();
        return new ClassFileImporter().importPath(planted);
    }
}
