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

import com.tngtech.archunit.base.DescribedPredicate;
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
import org.loradash.spark.KryoRegistration;

/** The arrows between packages, and between the rooms of package spark, point one way. */
@AnalyzeClasses(packages = "org.loradash", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.loradash.";

    /** From the lowest up: each may know those before it that its line names, itself, the JDK and libraries. */
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            Map.entry("tsd", Set.of()),
            Map.entry("config", Set.of("tsd")),
            Map.entry("figure", Set.of("config", "tsd")),
            Map.entry("kernel", Set.of("config", "tsd")),
            Map.entry("autograd", Set.of("kernel", "tsd")),
            Map.entry("data", Set.of("config", "tsd")),
            Map.entry("model", Set.of("autograd", "kernel", "config", "tsd")),
            Map.entry("adapter", Set.of("model", "autograd", "kernel", "config", "tsd")),
            Map.entry("task", Set.of("model", "autograd", "kernel", "data", "figure", "config", "tsd")),
            Map.entry("train", Set.of("task", "adapter", "model", "autograd", "kernel", "config", "tsd")),
            Map.entry("generate", Set.of("adapter", "model", "autograd", "kernel", "data", "config", "tsd")),
            Map.entry("evaluate", Set.of("generate", "adapter", "model", "kernel", "data", "figure", "config", "tsd")),
            Map.entry("run", Set.of("train", "task", "adapter", "model", "kernel", "figure", "config", "tsd")),
            Map.entry("tracking", Set.of("run", "task", "config", "tsd")),
            Map.entry("plan", Set.of("train", "task", "adapter", "model", "autograd", "kernel", "config", "tsd")),
            Map.entry(
                    "spark",
                    Set.of(
                            "plan",
                            "tracking",
                            "run",
                            "evaluate",
                            "generate",
                            "train",
                            "task",
                            "adapter",
                            "model",
                            "autograd",
                            "kernel",
                            "data",
                            "figure",
                            "config",
                            "tsd")),
            Map.entry("ml", Set.of("spark", "config", "tsd")),
            Map.entry("cli", Set.of("spark", "run", "generate", "task", "adapter", "data", "config", "tsd")));

    /** The rooms of package spark: what each may know of the others. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "application", Set.of(),
            "rounds", Set.of(),
            "source", Set.of("rounds", "application"),
            "dl4j", Set.of("rounds", "application"),
            "training", Set.of("source", "dl4j", "rounds", "application"),
            "evaluation", Set.of("training", "source", "rounds", "application"));

    @ArchTest
    static void everyPackageKnowsOnlyWhatIsBelowIt(JavaClasses loradash) {
        check(loradash, ROOT, resideOutsideOfPackage("org.loradash.."), KNOWS);
    }

    @ArchTest
    static void everyRoomKnowsOnlyWhatIsBelowIt(JavaClasses loradash) {
        // What sets Spark up names the list of all that may be sent.
        DescribedPredicate<JavaClass> list = JavaClass.Predicates.type(KryoRegistration.class);
        check(
                loradash,
                ROOT + "spark.",
                resideOutsideOfPackage("org.loradash.spark..").or(list),
                ROOMS);
    }

    private static void check(
            JavaClasses classes, String root, DescribedPredicate<JavaClass> others, Map<String, Set<String>> knows) {
        knows.forEach((name, known) -> {
            String[] allowed = Stream.concat(Stream.of(name), known.stream())
                    .map(other -> root + other + "..")
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(root + name + "..")
                    .should()
                    .onlyDependOnClassesThat(others.or(resideInAnyPackage(allowed)))
                    .check(classes);
        });
    }

    @ArchTest
    static void everyPackageHasItsPlace(JavaClasses loradash) {
        Set<String> packages = loradash.stream()
                .map(type -> type.getPackageName().substring(ROOT.length()).split("\\.")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages).as("packages, all with a line in KNOWS").isEqualTo(new TreeSet<>(KNOWS.keySet()));
    }

    /** What carries batches does not know what they are. */
    @ArchTest
    static final ArchRule nothingThatTrainsKnowsOneTaskOrOneKindOfModel = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.loradash.train..",
                    "org.loradash.run..",
                    "org.loradash.plan..",
                    "org.loradash.adapter..",
                    "org.loradash.spark.rounds..",
                    "org.loradash.spark.dl4j..",
                    "org.loradash.spark.source..",
                    "org.loradash.spark.training..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.loradash.task.*..", "org.loradash.model.*..");

    @ArchTest
    static final ArchRule onlySparkAndWhatStartsItKnowSpark = onlyIn("org.apache.spark..", "spark", "ml", "cli");

    @ArchTest
    static final ArchRule onlyItsRoomKnowsDl4j = onlyIn("org.deeplearning4j..", "spark.dl4j");

    /** DL4J's room does for the views of arrays that DL4J hands out, and Kryo's list for what ND4J registers. */
    @ArchTest
    static final ArchRule onlyTheEngineKnowsNd4j = noClasses()
            .that()
            .resideOutsideOfPackages("org.loradash.kernel..", "org.loradash.spark.dl4j..")
            .and()
            .doNotHaveSimpleName("KryoRegistration")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.nd4j..");

    /** What checks, shares out and computes operations knows none by its name. */
    @ArchTest
    static final ArchRule kernelsKnowNoOperation = noClasses()
            .that()
            .resideInAPackage("org.loradash.kernel")
            .should()
            .dependOnClassesThat(resideInAPackage("org.loradash.kernel.*.."));

    @ArchTest
    static final ArchRule loopsAreTheOperations = noClasses()
            .that()
            .resideOutsideOfPackage("org.loradash.kernel..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.loradash.kernel.fused..", "org.loradash.kernel.portable.."));

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
