package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of an adapter are the same on one core of a process, on two, and on a cluster of whatever size. */
@Tag("long")
class StandaloneIT {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aClusterOfAnySizeGivesTheSameBytes(int workers) {
        try (StandaloneCluster cluster = StandaloneCluster.of("standalone-" + workers, workers)) {
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), SmallRun.STEPS);
            Submission.to(cluster.url(), cluster.directory()).run("driver", run);
            assertThat(run.bits()).isEqualTo(LocalRun.bits(SmallRun.STEPS));
            assertThat(cluster.executorsStarted()).as("executors").isEqualTo(workers);
        }
    }

    @Test
    void recordsThatSparkReadsInManyPartsGiveTheSameBytes() {
        try (StandaloneCluster cluster = StandaloneCluster.of("standalone-table", 2)) {
            SmallRun run = LocalRun.in(
                    cluster.directory().resolve("run"), SmallRun.Work.NEXT_TOKENS_OF_A_TABLE, SmallRun.STEPS);
            Submission.to(cluster.url(), cluster.directory()).run("driver", run);
            assertThat(run.bits()).isEqualTo(LocalRun.bits(SmallRun.STEPS));
        }
    }

    @Test
    void twoCoresOfOneProcessGiveTheSameBytes() {
        Path directory = Scratch.empty("local-two-cores");
        SmallRun run = LocalRun.in(directory.resolve("run"), SmallRun.STEPS);
        LocalRun.submission("local[2]", directory).run("local", run);
        assertThat(run.bits()).isEqualTo(LocalRun.bits(SmallRun.STEPS));
    }
}
