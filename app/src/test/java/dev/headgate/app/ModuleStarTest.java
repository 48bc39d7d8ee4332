package dev.headgate.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.headgate.core.time.Ticker;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the modules to their star: the core in the middle, edges that do not know each other, the app around all. */
class ModuleStarTest {
    private static final String ROOT = "dev.headgate.";

    /** Java 17, as class files count. */
    private static final int JAVA_17_CLASS_FILE = 61;

    /** What each module may import beside itself; a package stands for all beneath it. */
    private static final Map<String, List<String>> MAY_IMPORT = new TreeMap<>(Map.of(
            "core", List.of(),
            "client", List.of("core"),
            "adapters", List.of("core", "client"), // its packages are the client's, by name
            "fleet", List.of("core"),
            "worker", List.of("core"),
            "gateway", List.of("core", "worker.protocol"),
            "lab", List.of("core", "client"),
            "app", List.of("core", "client", "fleet", "worker", "gateway", "lab")));

    private static final JavaClasses HEADGATE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT + "..");

    @TempDir
    private Path planted;

    static List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        MAY_IMPORT.forEach((module, allowed) -> rules.add(noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat(foreignTo(module, allowed))
                .allowEmptyShould(true)
                .as(module + " imports only " + allowed)));
        return rules;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void modulesObey(ArchRule rule) {
        rule.check(HEADGATE);
    }

    @ParameterizedTest
    @CsvSource({
        "core, app.Target",
        "worker, gateway.Target",
        "gateway, worker.Target",
        "gateway, lab.Target",
        "lab, worker.protocol.Target",
        "worker, fleet.Target",
        "gateway, fleet.Target",
        "fleet, gateway.Target"
    })
    void importOfAnotherEdgeIsReported(String module, String target) throws IOException {
        JavaClasses classes = compile(module, ROOT + target);
        assertThatThrownBy(() -> rules().forEach(rule -> rule.check(classes)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Planted.target");
    }

    @ParameterizedTest
    @CsvSource({
        "gateway, worker.protocol.Target",
        "lab, core.time.Target",
        "fleet, core.route.Target",
        "app, lab.Target"
    })
    void importAlongTheStarIsAllowed(String module, String target) throws IOException {
        JavaClasses classes = compile(module, ROOT + target);
        rules().forEach(rule -> rule.check(classes));
    }

    @Test
    void everyModuleOfTheBuildHasARule() throws IOException {
        List<String> modules = Files.readAllLines(SourceTree.ROOT.resolve("pom.xml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("<module>"))
                .map(line -> line.replaceAll("</?module>", ""))
                .filter(module -> !module.startsWith("examples/")) // these are applications of others
                .toList();
        assertThat(MAY_IMPORT.keySet()).containsExactlyInAnyOrderElementsOf(modules);
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "fleet"})
    void whatApplicationsUseIsMadeOfJava17ClassFiles(String module) throws IOException {
        int seen = 0;
        for (JavaClass type : HEADGATE) {
            if (type.getPackageName().startsWith(ROOT + module)) {
                assertThat(classFileVersion(type)).as(type.getName()).isEqualTo(JAVA_17_CLASS_FILE);
                seen++;
            }
        }
        assertThat(seen).isPositive();
        assertThat(HEADGATE.contain(Ticker.class)).isTrue();
    }

    private static int classFileVersion(JavaClass type) throws IOException {
        String file = type.getName().replace('.', '/') + ".class";
        try (InputStream in = ModuleStarTest.class.getClassLoader().getResourceAsStream(file)) {
            assertThat(in).as(file).isNotNull();
            DataInputStream data = new DataInputStream(in);
            data.skipNBytes(6);
            return data.readUnsignedShort();
        }
    }

    private static DescribedPredicate<JavaClass> foreignTo(String module, List<String> allowed) {
        List<String> own = new ArrayList<>(allowed);
        own.add(module);
        return DescribedPredicate.describe(
                "another part of Headgate",
                type -> type.getPackageName().startsWith(ROOT)
                        && own.stream().noneMatch(name -> (type.getPackageName() + ".").startsWith(ROOT + name + ".")));
    }

    /** Compiles a class of the module with a field whose type is the target. */
    private JavaClasses compile(String module, String target) throws IOException {
        int dot = target.lastIndexOf('.');
        Path used = Files.writeString(
                planted.resolve("Target.java"), "package " + target.substring(0, dot) + "; public class Target {}");
        Path user = Files.writeString(
                planted.resolve("Planted.java"),
                "package " + ROOT + module + "; class Planted { " + target + " target; }");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", planted.toString(), used.toString(), user.toString());
        assertThat(failed).as("the planted classes compile").isZero();
        return new ClassFileImporter().importPath(planted);
    }
}
