package org.loradash.spark.training;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Method;
import org.loradash.adapter.SingularDirections;
import org.loradash.adapter.SingularTriplets;
import org.loradash.config.ModelSettings;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.SettingsText;
import org.loradash.config.TrainingSettings;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.config.TrainingSettings.Length;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.NativeLibrary;
import org.loradash.kernel.operation.ProductTime;
import org.loradash.model.Architectures;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.plan.MemoryPlan;
import org.loradash.run.Claim;
import org.loradash.run.RunDirectory;
import org.loradash.spark.application.FirstUse;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.application.MemoryCheck;
import org.loradash.spark.application.ModelHash;
import org.loradash.spark.application.SparkApplication;
import org.loradash.spark.application.Versions;
import org.loradash.spark.source.RunRecords;
import org.loradash.task.Preview;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.ModelPath;

/**
 * A run from settings to adapter or trained model: what is given is checked, its records made into examples, and then a {@link TrainingRun} takes it
 * through its stages. Started again in the same directory it goes on from the newest checkpoint, and a finished run is
 * left alone. One driver at a time has the directory ({@link Claim}).
 */
public final class TrainingJob {
    /** Records that a plan looks at. */
    private static final int LOOKED_AT = 1024;

    private TrainingJob() {}

    /** Runs in this JVM as Spark's driver; progress goes to standard output. */
    public static void run(Settings settings) {
        run(settings, System.out);
    }

    static void run(Settings settings, PrintStream out) {
        NativeLibrary.select();
        SparkConf conf = SparkApplication.configuration(
                settings.spark(),
                settings.training().workers(),
                settings.data().table().source());
        Application own = new Application(
                conf, SparkApplication.hadoop(conf), () -> SparkApplication.start(conf), JavaSparkContext::close);
        run(settings, own, out);
    }

    /**
     * Runs in an application that is there already, which goes on behind it.
     *
     * @throws InvalidInput where the settings have Spark properties, which come too late
     */
    public static void run(Settings settings, JavaSparkContext spark) {
        settings.spark().forEach((name, value) -> {
            throw InvalidInput.of(name, value, "must be absent: the session is there already");
        });
        NativeLibrary.select();
        Application given = new Application(
                spark.getConf(), spark.hadoopConfiguration(), () -> spark, same -> same.setJobDescription(null));
        run(settings, given, System.out);
    }

    /** Where a run computes, from its beginning to its end. */
    private record Application(
            SparkConf conf,
            Configuration hadoop,
            Supplier<JavaSparkContext> beginning,
            Consumer<JavaSparkContext> end) {}

    private static void run(Settings settings, Application application, PrintStream out) {
        Configuration hadoop = application.hadoop();
        RunDirectory directory = RunDirectory.of(hadoop, settings.run().output());
        if (isFinished(directory, settings, hadoop, out)) {
            return;
        }
        TrainingPlan plan = TrainingPlan.check(settings, hadoop);
        directory.checkPlace();
        describe(plan.adapter(), settings, out);
        if (!plan.begun().isEmpty()) {
            out.println("head       begins at random, by training.seed: " + String.join(", ", plan.begun()));
        }
        memory(settings, application.conf(), shape(settings, hadoop), plan.adapter())
                .tell(out);
        try (Claim claim = directory.claim(Duration.ofSeconds(settings.run().claimSeconds()), out::println)) {
            // Whoever had the directory before may have brought the run to its end, or begun another one.
            if (isFinished(directory, settings, hadoop, out)) {
                return;
            }
            RunDirectory claimed = directory.under(claim);
            try {
                train(application, plan, claim, claimed, out);
            } catch (RuntimeException failure) {
                claimed.removePrepared();
                throw failure;
            }
        } finally {
            directory.removeIfEmpty();
            FrozenModels.clear();
        }
    }

    private static void train(
            Application application, TrainingPlan plan, Claim claim, RunDirectory directory, PrintStream out) {
        JavaSparkContext spark = application.beginning().get();
        try {
            claim.application(spark.sc().applicationId());
            train(spark, plan, directory, out);
        } finally {
            application.end().accept(spark);
        }
    }

    private static boolean isFinished(
            RunDirectory directory, Settings settings, Configuration hadoop, PrintStream out) {
        if (directory.isRun()) {
            checkSameRun(directory, settings, hadoop);
        }
        if (directory.isFinished()) {
            out.println(Secrets.hidden(directory.path() + " is finished; nothing is left to do"));
            return true;
        }
        return false;
    }

    /** Tells what a run would train and what memory it would need, from its settings and the model's config.json alone. */
    public static void plan(Settings settings) {
        plan(settings, System.out);
    }

    static void plan(Settings settings, PrintStream out) {
        SparkConf conf = SparkApplication.configuration(
                settings.spark(),
                settings.training().workers(),
                settings.data().table().source());
        Shape model = shape(settings, SparkApplication.hadoop(conf));
        Adapter adapter = TrainingPlan.adapter(settings, model);
        describe(adapter, settings, out);
        out.println("targets    "
                + adapter.targets().stream().map(Target::kind).distinct().collect(Collectors.joining(", ")));
        memory(settings, conf, model, adapter).tell(out);
        if (settings.training().length() instanceof Length.Steps given) {
            TrainingPlan.tooShort(settings, given.steps()).ifPresent(out::println);
        }
        Configuration hadoop = SparkApplication.hadoop(conf);
        Task<?, ?> task = TaskKinds.of(settings).task(settings, model, hadoop);
        if (task.shares()) {
            tellShared(settings, task, hadoop, out);
        }
    }

    /** Tells how much of the first records is computed once for several of them, where there are records to be read. */
    private static void tellShared(Settings settings, Task<?, ?> task, Configuration hadoop, PrintStream out) {
        int batch = settings.training().batchSize();
        int records = Math.min(LOOKED_AT, 8 * batch);
        Task.Slicing slicing = new Task.Slicing(
                settings.training().sliceTokens(), settings.data().packing());
        try {
            Preview.Together together = Preview.together(task, settings, hadoop, records, batch, slicing);
            if (together.computed() < together.size()) {
                out.printf(
                        Locale.ROOT,
                        "prefixes   of %d %s of the first records, %d records at a time, %d go through the model"
                                + " (data.share-prefixes); the memory is that of records that share nothing%n",
                        together.size(),
                        together.units().size(),
                        batch,
                        together.computed());
            }
        } catch (InvalidInput | UncheckedIOException unreadable) {
            // A plan needs no records.
        }
    }

    private static Shape shape(Settings settings, Configuration hadoop) {
        return TaskKinds.model(
                settings, Architectures.shape(hadoop, settings.model().path()));
    }

    private static MemoryCheck memory(Settings settings, SparkConf conf, Shape model, Adapter adapter) {
        MemoryPlan.Places places = new MemoryPlan.Places(
                MemoryCheck.workersAtATime(conf), Runtime.getRuntime().availableProcessors());
        MemoryPlan plan = MemoryPlan.of(
                settings,
                TaskKinds.of(settings).task(settings, model, SparkApplication.hadoop(conf)),
                model.withoutMemory(settings.model().storage()),
                adapter,
                places);
        return new MemoryCheck(settings, conf, plan);
    }

    private static void train(JavaSparkContext spark, TrainingPlan plan, RunDirectory directory, PrintStream out) {
        Settings settings = plan.settings();
        Settings located = plan.located();
        Broadcast<SerializableConfiguration> hadoop =
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
        directory.checkClaim();
        checkArithmetic(spark, settings.training(), out);
        RunRecords records = RunRecords.make(spark, hadoop, plan.task(), located, directory);
        int steps = plan.steps(records);
        records.tell(plan.task(), settings.validation(), out);
        String modelHash = ModelHash.of(
                spark,
                hadoop,
                ModelPath.of("model.path", located.model().path(), spark.hadoopConfiguration()),
                plan.weights());
        Map<String, String> hashes = hashes(settings, records, modelHash);
        if (!directory.isRun()) {
            ModelSettings model = located.model();
            long begin = System.nanoTime();
            FirstUse.of(
                    spark,
                    "model: weights",
                    settings.training().workers(),
                    () -> FrozenModels.of(model, hadoop.value().value()));
            out.printf(
                    Locale.ROOT,
                    "weights    held as %s, read in %.1f s%n",
                    model.storage().written(),
                    (System.nanoTime() - begin) * 1e-9);
            directory.writeSettings(SettingsText.of(
                    settings,
                    facts(Versions.of(spark), hashes, records),
                    spark.getConf().get(SettingsText.REDACTION, "")));
        } else {
            checkSameFiles(directory, hashes, spark.hadoopConfiguration());
        }
        try {
            Decompositions decompositions = Decompositions.of(located.dash(), directory.path(), modelHash);
            TrainingPlan ready = withTriplets(spark, hadoop, plan, decompositions, directory, out);
            TrainingRun.of(ready.task(), spark, hadoop, ready, records, decompositions, steps, directory, out)
                    .finish();
        } finally {
            records.close();
        }
    }

    /** Before anything that takes long: CPUs of a cluster need not be those of the driver. */
    private static void checkArithmetic(JavaSparkContext spark, TrainingSettings training, PrintStream out) {
        Arithmetic arithmetic = training.arithmetic();
        if (arithmetic != Arithmetic.FLOAT32) {
            FirstUse.of(spark, "kernels: arithmetic", training.workers(), () -> KernelProvider.best()
                    .check(arithmetic));
            double time = spark.parallelize(List.of(0), 1)
                    .map(task -> ProductTime.overFloat32(arithmetic))
                    .first();
            if (time > 1) {
                out.printf(
                        Locale.ROOT,
                        "arithmetic products in %s take %.1f times as long as in float32 on this CPU%n",
                        arithmetic.name().toLowerCase(Locale.ROOT),
                        time);
            }
        }
    }

    private static Map<String, Map<String, String>> facts(
            Map<String, String> versions, Map<String, String> hashes, RunRecords records) {
        Map<String, Map<String, String>> facts = new LinkedHashMap<>();
        facts.put("versions", versions);
        facts.put("hashes", hashes);
        if (!records.dropped().isEmpty()) {
            facts.put("dropped", records.dropped());
        }
        return facts;
    }

    /** The plan with what its method starts from, which the run keeps: a restart has no need to find it again. */
    private static TrainingPlan withTriplets(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            TrainingPlan plan,
            Decompositions decompositions,
            RunDirectory directory,
            PrintStream out) {
        Adapter adapter = plan.adapter();
        Optional<SingularDirections> startsFrom = adapter.adaptation().startsFrom();
        if (startsFrom.isEmpty()) {
            return plan;
        }
        Map<String, SingularTriplets> triplets = directory.tsd().triplets(adapter);
        if (triplets.isEmpty()) {
            out.printf(
                    "start      looking for singular triplets of %s: those whose decomposition %s lacks take a while%n",
                    Counted.of(adapter.targets().size(), "target"), decompositions.directory());
            long begin = System.nanoTime();
            Settings settings = plan.located();
            triplets = decompositions.triplets(
                    spark,
                    hadoop,
                    settings.model().path(),
                    adapter,
                    startsFrom.get(),
                    settings.training().seed());
            directory.tsd().writeTriplets(triplets);
            out.printf(
                    "start      %s of each of %s in %.1f s%n",
                    Counted.of(adapter.rank(), "singular triplet"),
                    Counted.of(triplets.size(), "target"),
                    (System.nanoTime() - begin) * 1e-9);
        }
        return plan.withTriplets(triplets);
    }

    private static void describe(Adapter adapter, Settings settings, PrintStream out) {
        out.printf(
                "%s of %s: %s, %s%,d trainable parameters; %s%n",
                name(adapter, settings),
                Secrets.hidden(settings.model().path()),
                Counted.of(adapter.targets().size(), "target"),
                adapter.adaptation().isDense() ? "" : "rank %d, ".formatted(adapter.rank()),
                adapter.parameters(),
                Counted.of(settings.training().workers(), "worker"));
    }

    private static String name(Adapter adapter, Settings settings) {
        Method method = adapter.adaptation();
        return settings.dash().on() && method.withoutSprint().isEmpty() ? method.title() + " + TSD" : method.title();
    }

    private static void checkSameRun(RunDirectory directory, Settings settings, Configuration hadoop) {
        Settings begun =
                new SettingsReader(hadoop).readWritten(directory.settings().toString());
        SettingsReader.facts(directory.settings().toString(), "hashes", hadoop);
        SettingsText.difference(begun, settings).ifPresent(difference -> {
            throw new InvalidInput(difference);
        });
    }

    private static void checkSameFiles(RunDirectory directory, Map<String, String> hashes, Configuration hadoop) {
        Map<String, String> begun = SettingsReader.facts(directory.settings().toString(), "hashes", hadoop);
        hashes.forEach((what, hash) -> {
            if (!hash.equals(begun.get(what))) {
                throw new InvalidInput(
                        "%s: has changed since the run in run.output began (must be the same, or give another run.output)"
                                .formatted(what));
            }
        });
    }

    private static Map<String, String> hashes(Settings settings, RunRecords records, String modelHash) {
        Map<String, String> hashes = new LinkedHashMap<>();
        hashes.put(Secrets.hidden(settings.model().path()), modelHash);
        hashes.putAll(records.hashes(settings));
        return hashes;
    }
}
