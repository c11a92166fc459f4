package org.loradash.spark.evaluation;

import java.io.PrintStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.data.RowRecords;
import org.loradash.evaluate.Identity;
import org.loradash.evaluate.Part;
import org.loradash.evaluate.PredictionDirectory;
import org.loradash.kernel.NativeLibrary;
import org.loradash.run.Claim;
import org.loradash.run.PredictionProgress;
import org.loradash.spark.application.FirstUse;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.application.ModelHash;
import org.loradash.spark.application.SparkApplication;
import org.loradash.spark.application.Versions;
import org.loradash.spark.evaluation.ExaminingTask.Done;
import org.loradash.spark.source.RecordStores;
import org.loradash.spark.source.StoredRecords;
import org.loradash.tsd.Counted;
import org.loradash.tsd.Failure;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.ModelPath;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * A prediction from records to files of them with what a model says of each: the rows are kept in their order, a Spark task puts each
 * part of them to the model, and files are made of the parts. Started again with the same output it asks only what is missing, and a
 * finished one is left alone. One driver at a time has the directory ({@link Claim}).
 */
public final class PredictionJob {
    private static final String OUTPUT = "--output";
    private static final String INPUT = "--input";

    private PredictionJob() {}

    /** Runs in this JVM as Spark's driver; progress goes to standard output. */
    public static void run(SettingsForEvaluation settings, PredictionRequest request) {
        run(settings, request, System.out);
    }

    static void run(SettingsForEvaluation settings, PredictionRequest request, PrintStream out) {
        NativeLibrary.select();
        SparkConf conf = SparkApplication.configuration(settings.spark(), settings.workers(), request.source());
        Configuration hadoop = SparkApplication.hadoop(conf);
        PredictionPlan plan = PredictionPlan.check(settings, request, hadoop);
        PredictionDirectory directory = PredictionDirectory.of(hadoop, OUTPUT, request.output());
        if (isFinished(directory, plan, out)) {
            return;
        }
        Duration expiry = Duration.ofSeconds(settings.claimSeconds());
        try (Claim claim = Claim.take(OUTPUT, directory.files(), directory.claims(), expiry, out::println)) {
            // Whoever had the directory before may have brought the prediction to its end, or begun another one.
            if (isFinished(directory, plan, out)) {
                return;
            }
            try (JavaSparkContext spark = SparkApplication.start(conf)) {
                claim.application(spark.sc().applicationId());
                predict(spark, plan, settings, request, directory, claim, out);
            }
        } finally {
            RecordStores.close(directory.rows().toString());
            ProcessExaminers.clear();
            FrozenModels.clear();
            directory.removePrepared();
        }
    }

    private static boolean isFinished(PredictionDirectory directory, PredictionPlan plan, PrintStream out) {
        directory.checkSame(plan.identity());
        if (directory.isFinished()) {
            out.println(directory.path() + " is finished; nothing is left to do");
        }
        return directory.isFinished();
    }

    private static void predict(
            JavaSparkContext spark,
            PredictionPlan plan,
            SettingsForEvaluation settings,
            PredictionRequest request,
            PredictionDirectory directory,
            Claim claim,
            PrintStream out) {
        Broadcast<SerializableConfiguration> hadoop =
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
        Path modelPath = ModelPath.of("model.path", plan.model().model().path(), spark.hadoopConfiguration());
        int threads = spark.getConf().getInt("spark.task.cpus", 1);
        EvaluatedModel model = new EvaluatedModel(
                UUID.randomUUID().toString(),
                plan.model().model(),
                plan.model().adapter().orElse(null),
                hadoop,
                threads);
        Predicting predicting = plan.model().predicting();
        RowRecords reading = new RowRecords(predicting.names(), predicting.reading());
        StructType columns =
                StoredRecords.columns(spark, plan.rows(), INPUT, plan.input()).orElse(null);
        StoredRecords rows =
                StoredRecords.make(spark, hadoop, reading, plan.rows(), INPUT, List.of(plan.input()), directory.rows());
        Identity identity = plan.identity()
                .withHash(
                        "model",
                        ModelHash.of(spark, hadoop, modelPath, plan.model().weights()))
                .withHash(INPUT, rows.inputs().get(0).sha256())
                .withNotes(Versions.of(spark));
        directory.checkSame(identity);
        RowExaminers examiners = new RowExaminers(model, predicting, rows.location());
        FirstUse.of(spark, "model: weights", 1, () -> ProcessExaminers.lend(examiners)
                .close());
        claim.check();
        directory.begin(identity);

        int partSize = predicting.perQuestion() * settings.evaluation().partSize();
        int all = parts(rows.totals().examples(), partSize);
        List<Part> missing = directory.missing(all).stream()
                .map(part -> part(part, partSize, rows.totals().examples()))
                .toList();
        PredictionProgress progress = new PredictionProgress(
                out,
                rows.totals().examples(),
                missing.stream().mapToLong(Part::count).sum());
        if (!missing.isEmpty()) {
            ask(spark, missing, new PredictingTask(examiners, directory.path().toString(), partSize), progress);
        }
        claim.check();
        spark.setJobDescription("prediction: files");
        switch (request.format()) {
            case JSON -> PredictedFiles.json(spark, hadoop, directory, all);
            case PARQUET -> PredictedFiles.parquet(spark, hadoop, directory, all, columns, predicting.columns());
        }
        claim.check();
        directory.finish();
        out.printf(
                "%s in %s: %s%n",
                Counted.of(rows.totals().examples(), "row"), Counted.of(all, "file"), directory.path());
    }

    private static int parts(long rows, int partSize) {
        if (rows > Integer.MAX_VALUE) {
            throw InvalidInput.of(INPUT, rows + " rows", "must be at most " + Integer.MAX_VALUE);
        }
        return (int) ((rows + partSize - 1) / partSize);
    }

    private static Part part(int number, int partSize, long rows) {
        int first = number * partSize;
        return new Part("rows", first, (int) Math.min(partSize, rows - first));
    }

    /** One task for each part; the driver hears of each as it ends. */
    private static void ask(
            JavaSparkContext spark, List<Part> missing, PredictingTask task, PredictionProgress progress) {
        spark.setJobDescription("prediction: " + missing.size() + " parts");
        Function2<TaskContext, Iterator<Part>, Done> inTask =
                (Function2<TaskContext, Iterator<Part>, Done> & Serializable)
                        (context, parts) -> task.run(parts.next());
        Function2<Object, Done, BoxedUnit> onDriver = (partition, done) -> {
            if (!done.failure().isEmpty()) {
                throw new Failure(done.failure());
            }
            progress.done(done.items());
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
