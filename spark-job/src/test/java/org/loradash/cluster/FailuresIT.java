package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes of a cluster that are killed while they compute change no byte of what a run leaves. Paths are relative to
 * where the job is submitted, which is not where executors work.
 */
class FailuresIT {
    private static final Logger LOG = LoggerFactory.getLogger(FailuresIT.class);
    private static final Duration PROGRESS = Duration.ofMinutes(5);
    private static final int WORKERS = 2;

    @Test
    void anExecutorThatIsKilledChangesNoByte() {
        killExecutors(SmallRun.Work.NEXT_TOKENS, 1, SmallRun.STEPS, 1);
    }

    @Tag("long")
    @Test
    void tenExecutorsThatAreKilledChangeNoByte() {
        killExecutors(SmallRun.Work.NEXT_TOKENS, 10, 60, 2);
    }

    @Tag("long")
    @Test
    void anExecutorThatIsKilledWhileAnEncoderLearnsClassesChangesNoByte() {
        killExecutors(SmallRun.Work.CLASSES, 1, SmallRun.STEPS, 3);
    }

    /** Its executor ends with it; the other worker's takes all tasks. */
    @Tag("long")
    @Test
    void aWorkerProcessThatIsKilledChangesNoByte() {
        try (StandaloneCluster cluster = StandaloneCluster.of("killed-worker", WORKERS)) {
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), SmallRun.STEPS);
            try (JavaProcess driver = start(cluster, run)) {
                awaitRounds(2, run, driver);
                LOG.info("killed worker {} in round {}", cluster.killWorker(0).pid(), run.rounds());
                assertThat(run.isFinished())
                        .as("ended before the worker was killed")
                        .isFalse();
                Submission.succeeded(driver);
            }
            cluster.awaitWorkers(WORKERS - 1);
            assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
        }
    }

    /** Rounds and moments in them are drawn from the seed. */
    private static void killExecutors(SmallRun.Work work, int kills, int steps, long seed) {
        Random random = new Random(seed);
        try (StandaloneCluster cluster =
                StandaloneCluster.of("killed-executors-%s-%d".formatted(work, kills), WORKERS)) {
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), work, steps);
            try (JavaProcess driver = start(cluster, run)) {
                for (int round : rounds(kills, steps / 2 - 1, random)) {
                    awaitRounds(round, run, driver);
                    killOne(cluster, run, random, seed);
                }
                Submission.succeeded(driver);
            }
            assertThat(cluster.executorsStarted()).as("executors").isGreaterThanOrEqualTo(WORKERS + kills);
            assertThat(run.bits()).isEqualTo(LocalRun.bits(work, steps));
        }
    }

    /** So many different rounds below a limit, in their order. */
    private static TreeSet<Integer> rounds(int count, int limit, Random random) {
        TreeSet<Integer> rounds = new TreeSet<>();
        while (rounds.size() < count) {
            rounds.add(1 + random.nextInt(limit - 1));
        }
        return rounds;
    }

    private static void killOne(StandaloneCluster cluster, SmallRun run, Random random, long seed) {
        Moment.passes(Duration.ofMillis(random.nextInt(500)));
        await("an executor").atMost(PROGRESS).until(() -> !cluster.executors().isEmpty());
        List<ProcessHandle> alive = cluster.executors();
        ProcessHandle executor = alive.get(random.nextInt(alive.size()));
        LOG.info("seed {}: killing executor {} after {} rounds", seed, executor.pid(), run.rounds());
        assertThat(run.isFinished()).as("ended before the executor was killed").isFalse();
        executor.destroyForcibly();
        executor.onExit().join();
    }

    private static JavaProcess start(StandaloneCluster cluster, SmallRun run) {
        return Submission.to(cluster.url(), cluster.directory()).start("driver", LocalRun.relative(run));
    }

    private static void awaitRounds(int rounds, SmallRun run, JavaProcess driver) {
        await(rounds + " rounds")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !driver.process().isAlive() || run.rounds() >= rounds);
        assertThat(driver.process().isAlive()).as(driver::tail).isTrue();
    }
}
