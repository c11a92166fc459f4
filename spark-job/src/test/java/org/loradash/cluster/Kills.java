package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * SIGKILL for processes of a job whose tasks keep parts of its work.
 *
 * @param parts the directory of the parts
 */
record Kills(StandaloneCluster cluster, Path parts) {
    private static final Duration PROGRESS = Duration.ofMinutes(3);

    /**
     * Kills an executor when two parts are kept, and the driver when others have done two more.
     *
     * @return how many parts are kept when no process of the job is left
     */
    long ofExecutorAndDriver(JavaProcess driver) throws IOException {
        awaitParts(2, driver);
        ProcessHandle executor = cluster.executors().get(0);
        executor.destroyForcibly();
        executor.onExit().join();
        awaitParts(kept() + 2, driver);
        driver.kill();
        // Those of a driver that is gone may still be about to keep a part.
        await("the end of the killed driver's executors")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> cluster.executors().isEmpty());
        return kept();
    }

    private void awaitParts(long count, JavaProcess driver) {
        await(count + " parts")
                .atMost(PROGRESS)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !driver.process().isAlive() || kept() >= count);
        assertThat(driver.process().isAlive()).as(driver::tail).isTrue();
    }

    private long kept() throws IOException {
        if (!Files.exists(parts)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(parts)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d+\\.jsonl"))
                    .count();
        }
    }
}
