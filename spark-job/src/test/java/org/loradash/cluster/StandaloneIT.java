package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bytes of an adapter are the same on one core of a process and on a cluster, of whatever size. Paths are relative to
 * where the job is submitted, which is not where executors work.
 */
class StandaloneIT {
    @Test
    void oneProcessAndTwoWorkersGiveTheSameBytes() {
        checkCluster(2);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void otherNumbersOfWorkersGiveTheSameBytes(int workers) {
        checkCluster(workers);
    }

    @Tag("long")
    @Test
    void twoCoresOfOneProcessGiveTheSameBytes() {
        Path directory = Scratch.empty("local-two-cores");
        SmallRun run = LocalRun.in(directory.resolve("run"), SmallRun.STEPS);
        LocalRun.submission("local[2]", directory).run("local", run);
        assertThat(run.bits()).isEqualTo(LocalRun.bits(SmallRun.STEPS));
    }

    private static void checkCluster(int workers) {
        String name = "standalone-" + workers;
        try (StandaloneCluster cluster = StandaloneCluster.of(name, workers)) {
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), SmallRun.STEPS);
            String configuration = run.configuration().replace(SparkHome.CLUSTERS.toString(), "..");
            try (JavaProcess driver =
                    Submission.to(cluster.url(), cluster.directory()).start("driver", configuration)) {
                Submission.succeeded(driver);
            }
            assertThat(run.bits()).isEqualTo(LocalRun.bits(SmallRun.STEPS));
            assertThat(cluster.status().get("completedapps")).hasSize(1);
        }
    }
}
