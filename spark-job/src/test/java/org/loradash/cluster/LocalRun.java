package org.loradash.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.loradash.Fixtures;
import org.loradash.spark.application.LocalSpark;

/** The run on one core of one process, to which all others are compared; it is computed once for all tests. */
final class LocalRun {
    private static final Map<Kind, SmallRun.Bits> BITS = new ConcurrentHashMap<>();

    private record Kind(SmallRun.Work work, int steps) {}

    private LocalRun() {}

    /** What a run of so many steps that learns next tokens is to leave. */
    static SmallRun.Bits bits(int steps) {
        return bits(SmallRun.Work.NEXT_TOKENS, steps);
    }

    /** What a run of so many steps is to leave. */
    static SmallRun.Bits bits(SmallRun.Work work, int steps) {
        return BITS.computeIfAbsent(new Kind(work, steps), LocalRun::compute);
    }

    private static SmallRun.Bits compute(Kind kind) {
        Path directory = Scratch.empty("local-%s-%d".formatted(kind.work(), kind.steps()));
        SmallRun run = in(directory.resolve("run"), kind.work(), kind.steps());
        submission("local[1]", directory).run("local", run);
        return run.bits();
    }

    /** A local master has no executors, so what they get from the properties comes from the driver's environment. */
    static Submission submission(String master, Path directory) {
        return Submission.to(master, directory).environment("OPENBLAS_CORETYPE", "Haswell");
    }

    /** A run on local files that learns next tokens. */
    static SmallRun in(Path output, int steps) {
        return in(output, SmallRun.Work.NEXT_TOKENS, steps);
    }

    /** A run on local files. */
    static SmallRun in(Path output, SmallRun.Work work, int steps) {
        return new SmallRun(work, new Configuration(), inputs().toString(), output.toString(), steps);
    }

    /** The run's configuration with paths relative to where the job is submitted, a directory below target/cluster. */
    static String relative(SmallRun run) {
        return run.configuration().replace(SparkHome.CLUSTERS.toString(), "..");
    }

    /** The models and their records side by side. */
    static Path inputs() {
        try {
            Path inputs = Files.createDirectories(SparkHome.CLUSTERS.resolve("inputs"));
            link(inputs.resolve("model"), Fixtures.path("tiny-llama/model"));
            link(inputs.resolve("train.json"), Fixtures.path("arc-easy/train.json"));
            link(inputs.resolve("encoder"), Fixtures.path("golden/deberta/model"));
            link(inputs.resolve("texts.jsonl"), Fixtures.path("golden/deberta/data.jsonl"));
            writeTable(inputs.resolve("train.json"), inputs.resolve("train.parquet"));
            return inputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeTable(Path records, Path table) {
        if (Files.exists(table.resolve("_SUCCESS"))) {
            return;
        }
        try (JavaSparkContext spark = LocalSpark.start("local[1]")) {
            SparkSession.builder()
                    .sparkContext(spark.sc())
                    .getOrCreate()
                    .read()
                    .option("multiLine", true)
                    .json(records.toString())
                    .coalesce(1)
                    .write()
                    .mode("overwrite")
                    .option("maxRecordsPerFile", 40)
                    .option("parquet.block.size", 4096)
                    .parquet(table.toString());
        }
    }

    private static void link(Path link, Path to) throws IOException {
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, to);
        }
    }
}
