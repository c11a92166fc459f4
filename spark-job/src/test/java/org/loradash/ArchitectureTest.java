package org.loradash;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arrows between packages point one way: cli, spark, run, train, adapter, model, autograd, kernel. */
@AnalyzeClasses(packages = "org.loradash", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.loradash.";

    /** What each package may know besides itself, the JDK and libraries. */
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            Map.entry("tsd", Set.of()),
            Map.entry("config", Set.of("tsd")),
            Map.entry("kernel", Set.of("config", "tsd")),
            Map.entry("data", Set.of("config", "tsd")),
            Map.entry("autograd", Set.of("kernel")),
            Map.entry("model", Set.of("autograd", "kernel", "data", "config", "tsd")),
            Map.entry("adapter", Set.of("model", "autograd", "kernel", "config", "tsd")),
            Map.entry("train", Set.of("adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry("generate", Set.of("adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry("run", Set.of("train", "adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry("plan", Set.of("train", "adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry(
                    "evaluate", Set.of("generate", "adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry(
                    "spark",
                    Set.of(
                            "plan",
                            "evaluate",
                            "run",
                            "train",
                            "generate",
                            "adapter",
                            "model",
                            "autograd",
                            "kernel",
                            "data",
                            "config",
                            "tsd")),
            Map.entry("cli", Set.of("spark", "run", "generate", "config", "tsd")));

    @ArchTest
    static void everyPackageKnowsOnlyWhatIsBelowIt(JavaClasses loradash) {
        KNOWS.forEach((name, known) -> {
            String[] allowed = Stream.concat(Stream.of(name), known.stream())
                    .map(other -> ROOT + other + "..")
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(ROOT + name + "..")
                    .should()
                    .onlyDependOnClassesThat(
                            resideOutsideOfPackage("org.loradash..").or(resideInAnyPackage(allowed)))
                    .check(loradash);
        });
    }

    @ArchTest
    static void everyPackageHasItsPlace(JavaClasses loradash) {
        Set<String> packages = loradash.stream()
                .map(type -> type.getPackageName().substring(ROOT.length()).split("\\.")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages).as("packages, all with a line in KNOWS").isEqualTo(new TreeSet<>(KNOWS.keySet()));
    }

    @ArchTest
    static final ArchRule ofDataAModelKnowsOnlyBatches = noClasses()
            .that()
            .resideInAPackage("org.loradash.model..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.loradash.data..").and(doNotHaveName("Batch")));

    @ArchTest
    static final ArchRule onlySparkAndTheCommandKnowSpark = onlyIn("org.apache.spark..", "spark", "cli");

    @ArchTest
    static final ArchRule onlySparkKnowsDl4j = onlyIn("org.deeplearning4j..", "spark");

    /** Package spark does for the views of arrays that DL4J hands out. */
    @ArchTest
    static final ArchRule onlyTheEngineKnowsNd4j = onlyIn("org.nd4j..", "kernel", "autograd", "spark");

    @ArchTest
    static final ArchRule onlyKernelsKnowNativeLibraries = onlyIn("org.bytedeco..", "kernel", "tsd");

    @ArchTest
    static final ArchRule onlyReadersOfSettingsKnowTheirSyntax =
            onlyIn("com.typesafe.config..", "config", "tsd.source");

    @ArchTest
    static final ArchRule onlyTheCommandsKnowTheirParser = onlyIn("picocli..", "cli", "tsd.cli");

    /** Files and messages hold numbers and text; what Spark itself deserialises between its processes is its own. */
    @ArchTest
    static final ArchRule nobodyMakesObjectsFromBytes = noClasses()
            .should()
            .dependOnClassesThat(assignableTo(java.io.ObjectInput.class)
                    .or(assignableTo(java.beans.XMLDecoder.class))
                    .or(simpleName("ModelSerializer"))
                    .or(resideInAPackage("org.yaml.snakeyaml..")))
            .orShould()
            .callMethodWhere(target(nameMatching(
                            "readObject|readUnshared|fromByteArray|activateDefaultTyping|enableDefaultTyping"))
                    .or(target(owner(simpleName("Nd4j"))).and(target(nameMatching("read.*")))))
            .orShould()
            .callMethod(Class.class, "forName", String.class);

    @ArchTest
    static final ArchRule nobodyStartsProcesses = noClasses()
            .should()
            .dependOnClassesThat(assignableTo(ProcessBuilder.class).or(assignableTo(Process.class)));

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("org.loradash.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule thereAreNoCyclesWithinTheAnalysis = slices().matching("org.loradash.tsd.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static void everyPackageSaysWhatLivesInIt(JavaClasses loradash) {
        Map<String, Boolean> described = new TreeMap<>();
        for (JavaClass type : loradash) {
            described.merge(type.getPackageName(), type.getSimpleName().equals("package-info"), Boolean::logicalOr);
        }
        assertThat(described).as("packages that have a package-info.java").doesNotContainValue(false);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> doNotHaveName(String name) {
        return com.tngtech.archunit.base.DescribedPredicate.not(simpleName(name));
    }

    private static ArchRule onlyIn(String library, String... packages) {
        String[] allowed = Stream.of(packages).map(name -> ROOT + name + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }
}
