package org.loradash.spark.evaluation;

import java.io.PrintStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.EvaluationDirectory.Standing;
import org.loradash.evaluate.Examiner;
import org.loradash.evaluate.Identity;
import org.loradash.evaluate.Part;
import org.loradash.evaluate.Results;
import org.loradash.evaluate.SetSize;
import org.loradash.kernel.NativeLibrary;
import org.loradash.run.Claim;
import org.loradash.run.EvaluationProgress;
import org.loradash.run.RunDirectory;
import org.loradash.spark.application.FirstUse;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.application.ModelHash;
import org.loradash.spark.application.SparkApplication;
import org.loradash.spark.application.Versions;
import org.loradash.spark.evaluation.ExaminingTask.Done;
import org.loradash.tsd.Failure;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * An evaluation from settings to figures: a Spark task puts each part of the questions or records to the model and keeps what it
 * says. Started again in the same directory it computes only what is missing, and a finished evaluation is left alone. One
 * driver at a time has the directory ({@link Claim}).
 */
public final class EvaluationJob {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationJob.class);

    private EvaluationJob() {}

    /** Runs in this JVM as Spark's driver; progress goes to standard output. */
    public static void run(SettingsForEvaluation settings, EvaluationRequest request) {
        run(settings, request, System.out);
    }

    /**
     * Runs for what the run in run.output has made of the model and, before that, for the model as it is.
     *
     * @param base whether the model as it is can be asked, as {@link #check} says
     * @param say told what begins and, in one line at the end, what both have come to
     */
    public static void runBeforeAndAfter(SettingsForEvaluation settings, boolean base, Consumer<String> say) {
        if (!base) {
            say.accept("-- what was trained (the model as it is classifies nothing)");
            run(settings, EvaluationRequest.ofRun(), System.out);
            return;
        }
        say.accept("-- the model as it is");
        Results before = run(settings, EvaluationRequest.ofRunsBase(), System.out);
        say.accept("-- what was trained");
        Results after = run(settings, EvaluationRequest.ofRun(), System.out);
        say.accept("\n" + before.headline().beside(after.headline()));
    }

    /**
     * Finds out what is wrong with the questions or records, and with the model as it is, before anything that takes long.
     *
     * @return whether the model as it is can be asked: a bare encoder has no head
     * @throws InvalidInput for the first mistake
     */
    public static boolean check(SettingsForEvaluation settings) {
        return EvaluationPlan.check(
                        settings,
                        new EvaluationRequest.Subject.Untrained(),
                        SparkApplication.hadoop(configuration(settings)))
                .whole();
    }

    private static SparkConf configuration(SettingsForEvaluation settings) {
        return SparkApplication.configuration(
                settings.spark(), settings.workers(), settings.data().table().source());
    }

    private static Results run(SettingsForEvaluation settings, EvaluationRequest request, PrintStream out) {
        NativeLibrary.select();
        // Tasks share a machine's cores as a run's workers do.
        SparkConf conf = configuration(settings);
        Configuration hadoop = SparkApplication.hadoop(conf);
        EvaluationPlan plan = EvaluationPlan.check(settings, request.subject(), hadoop);
        String output =
                request.directory(() -> RunDirectory.of(hadoop, EvaluationRequest.run(settings, request.subject()))
                        .evaluation());
        EvaluationDirectory directory = EvaluationDirectory.of(hadoop, request.setting(), output);
        Optional<Results> there = finished(directory, plan, out);
        if (there.isPresent()) {
            return there.get();
        }
        Duration expiry = Duration.ofSeconds(settings.claimSeconds());
        try (Claim claim = Claim.take(request.setting(), directory.files(), directory.claims(), expiry, out::println)) {
            EvaluationDirectory claimed = directory.under(claim::check);
            // Whoever had the directory before may have brought the evaluation to its end, or begun another one.
            there = finished(claimed, plan, out);
            if (there.isPresent()) {
                return there.get();
            }
            try (JavaSparkContext spark = SparkApplication.start(conf)) {
                claim.application(spark.sc().applicationId());
                return evaluate(spark, plan, settings.evaluation(), claimed, out);
            }
        } finally {
            FileSystems.removeIfEmpty(directory.files(), directory.path());
            if (request.output().isEmpty()) {
                RunDirectory run = RunDirectory.of(hadoop, EvaluationRequest.run(settings, request.subject()));
                FileSystems.removeIfEmpty(run.files(), run.evaluation());
                run.removeIfEmpty();
            }
            ProcessExaminers.clear();
            plan.examination().close(directory);
            FrozenModels.clear();
        }
    }

    private static Optional<Results> finished(EvaluationDirectory directory, EvaluationPlan plan, PrintStream out) {
        directory.checkSame(plan.identity());
        if (!directory.isFinished()) {
            return Optional.empty();
        }
        out.println(directory.path() + " is finished; nothing is left to do");
        Results results = plan.examination().results(directory);
        out.print(results.text());
        return Optional.of(results);
    }

    private static Results evaluate(
            JavaSparkContext spark,
            EvaluationPlan plan,
            EvaluationSettings settings,
            EvaluationDirectory directory,
            PrintStream out) {
        Broadcast<SerializableConfiguration> hadoop =
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
        String hash = ModelHash.of(
                spark,
                hadoop,
                ModelPath.of("model.path", plan.model().path(), spark.hadoopConfiguration()),
                plan.weights());
        plan.begun().filter(begun -> !begun.equals(hash)).ifPresent(begun -> {
            throw InvalidInput.of(
                    "model.path", plan.model().path(), "must be the model of the run in run.output, as it was then");
        });
        Identity identity = plan.identity().withHash("model", hash).withNotes(Versions.of(spark));
        directory.checkSame(identity);
        int threads = spark.getConf().getInt("spark.task.cpus", 1);
        EvaluatedModel model = new EvaluatedModel(
                UUID.randomUUID().toString(), plan.model(), plan.adapter().orElse(null), hadoop, threads);
        Examination examination = plan.examination();
        Examination.Ready ready = ready(spark, examination, model, directory);
        ExaminerFactory<Examiner> factory = ready.factory();
        for (Map.Entry<String, String> set : ready.hashes().entrySet()) {
            identity = identity.withHash(set.getKey(), set.getValue());
        }
        directory.checkSame(identity);
        directory.begin(identity);

        List<Standing> standings = ready.sizes().stream()
                .map(size -> directory.standing(size, settings.partSize(), examination.reader(), LOG::warn))
                .toList();
        EvaluationProgress progress = progress(examination.kind(), standings, out);
        List<Part> missing = new ArrayList<>();
        standings.forEach(standing -> missing.addAll(standing.missing()));
        if (!missing.isEmpty()) {
            examine(spark, missing, new ExaminingTask(factory, directory.path().toString()), progress);
        }
        for (SetSize size : ready.sizes()) {
            directory.join(size, settings.partSize());
        }
        Results results = examination.results(directory);
        directory.finish(results, identity);
        out.println();
        out.print(results.text());
        out.printf("%nlines and figures: %s%n", directory.path());
        return results;
    }

    /** Finds out on the executors what is wrong with the sets' files and the model, and leaves nothing behind where something is. */
    private static Examination.Ready ready(
            JavaSparkContext spark, Examination examination, EvaluatedModel model, EvaluationDirectory directory) {
        try {
            Examination.Ready ready = examination.prepare(spark, model, directory);
            ExaminerFactory<Examiner> factory = ready.factory();
            FirstUse.of(spark, "model: weights", ready.sizes().size(), () -> ProcessExaminers.lend(factory)
                    .close());
            return ready;
        } catch (InvalidInput mistake) {
            directory.removePrepared();
            throw mistake;
        }
    }

    private static EvaluationProgress progress(
            EvaluationProgress.Kind kind, List<Standing> standings, PrintStream out) {
        EvaluationProgress progress = new EvaluationProgress(
                out,
                kind,
                standings.stream().mapToInt(standing -> standing.size().items()).sum());
        progress.begin(
                standings.size(), standings.stream().mapToInt(Standing::done).sum());
        standings.stream()
                .filter(standing -> standing.done() > 0)
                .forEach(standing -> progress.kept(standing.size().set(), standing.done(), standing.correct()));
        return progress;
    }

    /** One task for each part; the driver hears of each as it ends. */
    private static void examine(
            JavaSparkContext spark, List<Part> missing, ExaminingTask task, EvaluationProgress progress) {
        spark.setJobDescription("evaluation: " + missing.size() + " parts");
        Function2<TaskContext, Iterator<Part>, Done> inTask =
                (Function2<TaskContext, Iterator<Part>, Done> & Serializable)
                        (context, parts) -> task.run(parts.next());
        Function2<Object, Done, BoxedUnit> onDriver = (partition, done) -> {
            if (!done.failure().isEmpty()) {
                throw new Failure(done.failure());
            }
            progress.done(done.set(), done.items(), done.correct());
            return BoxedUnit.UNIT;
        };
        spark.sc()
                .runJob(
                        spark.parallelize(missing, missing.size()).rdd(),
                        inTask,
                        onDriver,
                        ClassTag$.MODULE$.apply(Done.class));
    }
}
