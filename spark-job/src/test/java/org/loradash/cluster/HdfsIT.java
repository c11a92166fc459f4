package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Model, records, decompositions and the run's directory on HDFS, which is the default file system: the configuration's
 * paths are relative to the user's home there.
 */
class HdfsIT {
    private static final Logger LOG = LoggerFactory.getLogger(HdfsIT.class);
    private static final Duration PROGRESS = Duration.ofMinutes(5);

    private Hdfs hdfs;
    private StandaloneCluster cluster;
    private SmallRun run;
    private Submission submission;

    @BeforeEach
    void start() {
        hdfs = Hdfs.start("hdfs", 3);
        hdfs.upload(LocalRun.inputs());
        cluster = StandaloneCluster.of("hdfs-standalone", 2);
        Path configuration =
                Hdfs.configurationDirectory(cluster.directory().resolve("hadoop"), "core-site.xml", hdfs.client());
        run = new SmallRun(hdfs.client(), ".", "run", SmallRun.STEPS);
        submission = Submission.to(cluster.url(), cluster.directory())
                .environment("HADOOP_CONF_DIR", configuration.toString());
    }

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
        if (hdfs != null) {
            hdfs.close();
        }
    }

    @Test
    void aDataNodeThatStopsChangesNoByte() {
        try (JavaProcess driver = submission.start("driver", run.configuration())) {
            awaitRounds(2, driver);
            hdfs.stopDataNode(0);
            assertThat(run.isFinished()).as("ended before the node stopped").isFalse();
            Submission.succeeded(driver);
        }
        assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
    }

    /** Killed where it stands, with no chance to say so to HDFS: the files that it was writing are open there. */
    @Tag("long")
    @Test
    void aDriverThatIsKilledAndSubmittedAgainChangesNoByte() {
        Random random = new Random(5);
        for (int attempt = 1; attempt <= 2; attempt++) {
            try (JavaProcess driver = submission.start("driver-" + attempt, run.configuration())) {
                int rounds = run.rounds() + 1 + random.nextInt(2);
                awaitRounds(rounds, driver);
                Moment.passes(Duration.ofMillis(random.nextInt(1000)));
                LOG.info(
                        "killing driver {} (pid {}) in round {}",
                        attempt,
                        driver.process().pid(),
                        run.rounds());
                driver.kill();
                assertThat(run.isFinished()).as("ended before it was killed").isFalse();
            }
        }
        submission.run("driver-last", run);
        assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
    }

    private void awaitRounds(int rounds, JavaProcess driver) {
        await(rounds + " rounds")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !driver.process().isAlive() || run.rounds() >= rounds);
        assertThat(driver.process().isAlive()).as(driver::tail).isTrue();
    }
}
