package jensen;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules on what may depend on what: on the classes of core and what it builds on, and on the sources of all modules. */
class ArchitectureTest {
    /** Each package imports only those before it. */
    private static final List<String> ORDER = List.of(
            "tensor",
            "dist",
            "net",
            "data",
            "optim",
            "model",
            "bound",
            "gradient",
            "train",
            "evaluate",
            "algorithm",
            "infer",
            "oracle",
            "experiment",
            "report");

    private static final int LINES = 400;

    /** Tensor is a list of operations of one line each, and its test another; neither would be simpler in two files. */
    private static final Map<String, Integer> LONGER = Map.of("Tensor.java", 670, "OperationsTest.java", 420);

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("jensen");

    static List<String> packages() {
        return ORDER;
    }

    /** A wrong class path would pass every rule below. */
    @Test
    void enoughClassesAreSeen() throws IOException {
        assertThat(CLASSES.size()).isGreaterThan(100);
        assertThat(sources(path -> true)).hasSizeGreaterThan(100);
        assertThat(ORDER).allMatch(name -> CLASSES.containPackage("jensen." + name));
    }

    @Test
    void everyPackageHasAPlaceInTheOrder() {
        Set<String> found = new TreeSet<>();
        CLASSES.forEach(c -> found.add(c.getPackageName()));
        found.remove("jensen.statcheck"); // serves tests

        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(
                        ORDER.stream().map(name -> "jensen." + name).toList());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void importsOnlyPackagesBeforeIt(String name) {
        String[] later = ORDER.subList(ORDER.indexOf(name) + 1, ORDER.size()).stream()
                .map(p -> "jensen." + p + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage("jensen." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(later)
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices()
                .matching("jensen.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void onlyTensorTouchesNativeClasses() {
        noClasses()
                .that()
                .resideOutsideOfPackage("jensen.tensor")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void nothingPrints() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }

    /** The modules that core does not see. */
    @Test
    void otherModulesKeepToTheSameRules() throws IOException {
        assertThat(containing("org.bytedeco", path -> !path.startsWith("tensor")))
                .isEmpty();
        assertThat(containing("java.util.logging", path -> true)).isEmpty();
        assertThat(containing(
                        "System.out",
                        path -> !path.startsWith("cli")
                                && !path.startsWith("benchmarks")
                                && !path.startsWith("examples")))
                .isEmpty();
        assertThat(containing("System.err", path -> !path.startsWith("cli") && !path.startsWith("benchmarks")))
                .isEmpty();
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        for (Path folder : new TreeSet<>(
                sources(path -> true).stream().map(Path::getParent).toList())) {
            assertThat(root().resolve(folder).resolve("package-info.java"))
                    .content()
                    .contains("@NullMarked");
        }
    }

    @Test
    void filesAreShort() throws IOException {
        Map<Path, Integer> tooLong = new TreeMap<>();
        for (Path path : javaFiles("src")) {
            int lines = Files.readAllLines(root().resolve(path)).size();
            if (lines > LONGER.getOrDefault(path.getFileName().toString(), LINES)) {
                tooLong.put(path, lines);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    private static List<Path> containing(String text, Predicate<Path> where) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path path : sources(where)) {
            if (Files.readString(root().resolve(path)).contains(text)) {
                found.add(path);
            }
        }
        return found;
    }

    private static List<Path> sources(Predicate<Path> where) throws IOException {
        return javaFiles("src/main/java").stream().filter(where).toList();
    }

    /** The Java files in a folder of every module, relative to the root of the project. */
    private static List<Path> javaFiles(String folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root())) {
            for (Path from : modules.map(m -> m.resolve(folder))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(from)) {
                    files.filter(f -> f.toString().endsWith(".java"))
                            .map(root()::relativize)
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    private static Path root() {
        return Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
    }
}
