package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The job as a YARN application whose driver runs on the cluster, all of its files on HDFS. */
class YarnIT {
    private Hdfs hdfs;
    private Yarn yarn;
    private SmallRun run;
    private Submission submission;

    @BeforeEach
    void start() {
        hdfs = Hdfs.start("yarn-hdfs", 1);
        hdfs.upload(LocalRun.inputs());
        yarn = Yarn.start("yarn", 1, hdfs.client());
        Path configuration =
                Hdfs.configurationDirectory(yarn.directory().resolve("hadoop"), "yarn-site.xml", yarn.client());
        Hdfs.configurationDirectory(configuration, "core-site.xml", hdfs.client());
        run = new SmallRun(hdfs.client(), ".", "run", SmallRun.STEPS);
        hdfs.write("run.conf", run.configuration());
        SparkHome home = SparkHome.withYarn();
        submission = Submission.to("yarn", yarn.directory())
                .on(home)
                .with("--deploy-mode", "cluster", "--num-executors", "2")
                .with("--conf", "spark.yarn.jars=local:" + home.directory() + "/jars/*")
                .environment("HADOOP_CONF_DIR", configuration.toString());
    }

    @AfterEach
    void stop() {
        if (yarn != null) {
            yarn.close();
        }
        if (hdfs != null) {
            hdfs.close();
        }
    }

    @Test
    void anApplicationOfTheClusterGivesTheSameBytes() {
        try (JavaProcess client = submission.startWith("client", "run.conf")) {
            assertThat(client.ended(Submission.LONGEST))
                    .as(() -> client.tail() + yarn.containersSaid())
                    .isZero();
        }
        checkEnd(FinalApplicationStatus.SUCCEEDED, 1);
        assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
    }

    /** The container of the driver is killed; YARN starts the application again, which goes on from its checkpoint. */
    @Tag("long")
    @Test
    void aDriverThatIsKilledIsStartedAgainAndGivesTheSameBytes() {
        try (JavaProcess client = submission.startWith("client", "run.conf")) {
            await("two rounds")
                    .atMost(Submission.LONGEST)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !client.process().isAlive() || run.rounds() >= 2);
            ProcessHandle driver = driver();
            assertThat(run.isFinished()).as("ended before it was killed").isFalse();
            driver.destroyForcibly();
            assertThat(client.ended(Submission.LONGEST))
                    .as(() -> client.tail() + yarn.containersSaid())
                    .isZero();
        }
        checkEnd(FinalApplicationStatus.SUCCEEDED, 2);
        assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
    }

    @Tag("long")
    @Test
    void aMistakeIsAFailedApplicationAndIsTold() {
        hdfs.write("mistake.conf", run.configuration() + "adapter.rank = 1000");
        try (JavaProcess client = submission.startWith("client", "mistake.conf")) {
            assertThat(client.ended(Submission.LONGEST)).isEqualTo(1);
        }
        checkEnd(FinalApplicationStatus.FAILED, 2);
        assertThat(yarn.containersSaid()).contains("lora-dash: adapter.rank: 1000 (must be from 1 to ");
    }

    /** The process of the application master, in which the driver runs; its parent is the shell that started it. */
    private static ProcessHandle driver() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .filter(process -> process.info().commandLine().orElse("").contains("deploy.yarn.ApplicationMaster"))
                .findFirst()
                .orElseThrow();
    }

    private void checkEnd(FinalApplicationStatus status, int attempts) {
        List<ApplicationReport> applications = yarn.applications();
        assertThat(applications).hasSize(1);
        ApplicationReport application = applications.get(0);
        assertThat(application.getFinalApplicationStatus()).isEqualTo(status);
        assertThat(application.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(attempts);
    }
}
