package org.loradash.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster whose processes prove who they are and encrypt what they send and spill; users give its secret with the run. */
class SecurityIT {
    private static final String SECRET = "correct-horse-battery-staple";

    private static final Map<String, String> CLUSTER = Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", SECRET,
            "spark.network.crypto.enabled", "true",
            "spark.network.crypto.saslFallback", "false");

    /** One name each: HOCON has no section that is a value too. */
    private static final String SPARK =
            """
            spark {
              "authenticate" = true, "authenticate.secret" = "%s"
              "network.crypto.enabled" = true, "network.crypto.saslFallback" = false, "io.encryption.enabled" = true
            }
            """;

    @Test
    void authenticationAndEncryptionChangeNoByteAndTheSecretStaysOne() throws IOException {
        try (StandaloneCluster cluster = StandaloneCluster.of("security", 2, CLUSTER)) {
            Submission submission = Submission.to(cluster.url(), cluster.directory());
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), SmallRun.STEPS);

            try (JavaProcess driver = submission.start("driver", run.configuration() + SPARK.formatted(SECRET))) {
                Submission.succeeded(driver);
                assertThat(driver.said()).contains("authentication enabled").doesNotContain(SECRET);
            }
            assertThat(run.bits()).isEqualTo(LocalRun.bits(run.steps()));
            assertThat(run.text("resolved.conf"))
                    .contains("# \"authenticate.secret\" may hold a secret: give it again")
                    .contains("\"io.encryption.enabled\" = \"true\"");
            assertThat(filesWith(SECRET, cluster.directory()))
                    .as("files with the secret, but the one in which the user gave it")
                    .containsExactly(cluster.directory().resolve("driver.conf"));
        }
    }

    /** Spark's driver asks three times in a minute. */
    @Tag("long")
    @Test
    void aDriverWithAnotherSecretIsTurnedAway() {
        try (StandaloneCluster cluster = StandaloneCluster.of("security-stranger", 1, CLUSTER)) {
            Submission submission = Submission.to(cluster.url(), cluster.directory());
            SmallRun run = LocalRun.in(cluster.directory().resolve("run"), SmallRun.STEPS);
            try (JavaProcess stranger = submission.start("stranger", run.configuration() + SPARK.formatted("wrong"))) {
                assertThat(stranger.ended(Submission.LONGEST))
                        .as(stranger::tail)
                        .isNotZero();
            }
            assertThat(cluster.executorsStarted()).as("executors").isZero();
            assertThat(run.isFinished()).isFalse();
        }
    }

    private static List<Path> filesWith(String secret, Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".jar"))
                    .filter(file -> contains(file, secret))
                    .toList();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
