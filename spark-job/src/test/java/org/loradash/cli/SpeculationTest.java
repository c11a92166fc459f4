package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.FaultyFiles;
import scala.Option;

/** A second copy of a slow task, which Spark starts on another host, changes no bit of a run. */
class SpeculationTest {
    private static final AtomicInteger SPECULATIVE = new AtomicInteger();

    @TempDir
    private static Path temporary;

    /** Counts the copies that came to a good end. Spark makes it by its name. */
    public static final class Copies extends SparkListener {
        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.taskInfo().speculative() && end.taskInfo().successful()) {
                SPECULATIVE.incrementAndGet();
            }
        }
    }

    @Test
    @Tag("long")
    void leavesTheSameBytes() throws Exception {
        Files.copy(Golden.named("lora").directory().resolve("data.jsonl"), temporary.resolve("data.jsonl"));
        TrainedRun local = new TrainedRun(temporary.resolve("local"));
        checkDone(train(local, List.of()));

        SparkConf conf = new SparkConf(false);
        RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
        String url = "spark://127.0.0.1:" + master.address().port();
        RpcEnv first = worker("127.0.0.1", 1, url, conf);
        RpcEnv second = worker("127.0.0.2", 2, url, conf);
        try {
            TrainedRun copied = new TrainedRun(temporary.resolve("copied"));
            Path marker = temporary.resolve("slowed");
            checkDone(train(
                    copied,
                    List.of(
                            "spark.master=" + url,
                            "spark.extraListeners=" + Copies.class.getName(),
                            "spark.speculation=true",
                            "spark.speculation.interval=100ms",
                            "spark.speculation.multiplier=1.1",
                            "spark.speculation.quantile=0.5",
                            "spark.locality.wait=0",
                            "spark.executor.cores=1",
                            "spark.executor.memory=512m",
                            "spark.executor.extraClassPath=" + System.getProperty("java.class.path"),
                            "spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector "
                                    + String.join(" ", FaultyFiles.slowOnce("open:.tokens", marker)),
                            // No distribution of Spark is needed: all is on the class path.
                            "spark.executorEnv.SPARK_TESTING=1",
                            "spark.executorEnv.SPARK_SCALA_VERSION=2.12",
                            "spark.executorEnv.RUST_FLAVOR=cpu")));
            assertThat(marker).as("a task was slow").exists();
            assertThat(SPECULATIVE.get()).as("copies that ended first").isPositive();
            assertThat(copied.steps()).isEqualTo(local.steps());
            assertThat(copied.adapterBytes()).isEqualTo(local.adapterBytes());
        } finally {
            for (RpcEnv one : List.of(second, first, master)) {
                one.shutdown();
                one.awaitTermination();
            }
        }
    }

    private static RpcEnv worker(String host, int number, String master, SparkConf conf) {
        return Worker.startRpcEnvAndEndpoint(
                host,
                0,
                0,
                1,
                1024,
                new String[] {master},
                temporary.resolve("work").toString(),
                Option.apply(number),
                conf,
                Option.empty());
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static TrainCommandLine.Ended train(TrainedRun run, List<String> settings) throws Exception {
        Path file = temporary.resolve(run.directory().getFileName() + ".conf");
        String text = ResumeTest.text("faulty://" + run.directory(), temporary) + "spark.hadoop.fs.faulty.impl = \""
                + FaultyFiles.class.getName() + "\"\n";
        return TrainCommandLine.train(file, text, settings.toArray(String[]::new));
    }
}
