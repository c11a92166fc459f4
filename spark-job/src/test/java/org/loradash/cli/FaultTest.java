package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.loradash.FaultyFiles;
import org.loradash.FaultyFiles.Operation;
import org.loradash.Fixtures;
import org.loradash.run.Claim;
import org.loradash.run.RunDirectory;

/**
 * What goes wrong with a run's file system, its tasks or its numbers is one clear line and status 1, takes no checkpoint
 * away, and once it is mended the same command ends with the same bytes.
 */
class FaultTest {
    @TempDir
    private static Path temporary;

    private static TrainedRun whole;
    private static int changes;

    @BeforeAll
    static void trainWithoutFaults() throws IOException {
        Files.copy(Golden.named("lora").directory().resolve("data.jsonl"), temporary.resolve("data.jsonl"));
        whole = new TrainedRun(temporary.resolve("whole"));
        FaultyFiles.fail(operation -> {});
        checkDone(train(whole));
        changes = (int) FaultyFiles.done().stream().filter(Operation::changes).count();
    }

    @AfterEach
    void heal() {
        FaultyFiles.heal();
    }

    @ParameterizedTest
    @CsvSource({
        "write,.tokens,1,tokens",
        "create,resolved.conf,1,resolved.conf",
        "write,checkpoints/.writing,9,checkpoints",
        "write,metrics.jsonl,8,metrics.jsonl",
        "write,boundary.safetensors,1,tsd/boundary.safetensors",
        "sync,adapter_model.safetensors,1,adapter/adapter_model.safetensors",
        "create,report.html,1,report.html"
    })
    void aFullDiskIsOneLineAndLeavesEveryCheckpointWhole(String kind, String path, int time, String told)
            throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("full-" + told.replaceAll("\\W", "-")));
        AtomicInteger times = new AtomicInteger();
        FaultyFiles.fail(operation -> {
            boolean grows = List.of("create", "write", "sync").contains(operation.kind());
            if (grows && (times.get() >= time || operation.is(kind, path) && times.incrementAndGet() == time)) {
                throw new IOException("No space left on device");
            }
        });
        TrainCommandLine.Ended ended = train(run);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.errors()).hasSize(1);
        assertThat(ended.errors().get(0))
                .startsWith("lora-dash: failed: ")
                .contains(told, "No space left on device")
                .endsWith("(the log has the stack trace)");
        checkThatCheckpointsAreWhole(run);
        FaultyFiles.heal();
        checkDone(train(run));
        run.checkLike(whole);
    }

    @Test
    void aReadOnlyFileSystemIsOneLineAndChangesNothing() throws IOException {
        TrainedRun run = whole.stoppedCopy(temporary.resolve("read-only"), 3);
        List<String> before = run.facts();
        FaultyFiles.fail(operation -> {
            if (operation.changes()) {
                throw new IOException("Read-only file system");
            }
        });
        TrainCommandLine.Ended ended = train(run);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.errors()).hasSize(1);
        assertThat(ended.errors().get(0)).contains("read-only/claims/driver-", ": Read-only file system");
        assertThat(run.facts()).isEqualTo(before);
        FaultyFiles.heal();
        checkDone(train(run));
        run.checkLike(whole);
    }

    /** As if the power had gone: that change is half done, none after it is done, and the claim is not given back. */
    @ParameterizedTest
    @MethodSource("some")
    void aDriverThatDiesAtAnyChangeOfAFileIsMadeUpFor(int change) throws IOException {
        checkAfterDeathAt(change, "some");
    }

    private static void checkAfterDeathAt(int change, String name) throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve(name + "-died-" + change));
        AtomicInteger done = new AtomicInteger();
        FaultyFiles.fail(operation -> {
            boolean counts = operation.changes() && !operation.ofClaim();
            if (operation.changes() && (counts ? done.incrementAndGet() : done.get()) >= change) {
                throw new IOException("dead");
            }
        });
        assertThat(train(run).status()).isEqualTo(1);
        checkThatCheckpointsAreWhole(run);
        FaultyFiles.heal();
        checkDone(train(run));
        run.checkLike(whole);
    }

    @ParameterizedTest
    @MethodSource("all")
    @Tag("long")
    void aDriverThatDiesAtEveryChangeOfAFileIsMadeUpFor(int change) throws IOException {
        checkAfterDeathAt(change, "every");
    }

    static IntStream some() {
        return IntStream.rangeClosed(1, 6).map(part -> part * changes / 7);
    }

    static IntStream all() {
        return IntStream.rangeClosed(1, changes);
    }

    @Test
    void aTaskThatFailsTooOftenIsOneLine() throws IOException {
        TrainedRun run = whole.stoppedCopy(temporary.resolve("tasks"), 3);
        AtomicInteger failures = new AtomicInteger();
        FaultyFiles.fail(operation -> {
            if (operation.is("open", ".tokens")) {
                failures.incrementAndGet();
                throw new IOException("this test's disk is broken");
            }
        });
        TrainCommandLine.Ended ended = train(run, "spark.master=local[2,3]");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.errors()).hasSize(1);
        assertThat(ended.errors().get(0)).contains("failed 3 times, most recent failure", "this test's disk is broken");
        assertThat(failures.get()).isGreaterThanOrEqualTo(3);
        checkThatCheckpointsAreWhole(run);
        FaultyFiles.heal();
        checkDone(train(run));
        run.checkLike(whole);
    }

    @Test
    void aLossThatIsNoNumberIsToldWithItsBatchAndOverwritesNothing() throws IOException {
        TrainedRun run = new TrainedRun(temporary.resolve("diverging"));
        String[] diverging = {
            "training.learning-rate=1e38",
            "training.warmup-steps=4",
            "training.local-steps=1",
            "training.weight-decay=0",
            "training.gradient-clipping=0"
        };
        TrainCommandLine.Ended ended = train(run, diverging);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.errors()).hasSize(1);
        assertThat(ended.errors().get(0))
                .matches("lora-dash: failed: pre-launch: round \\d+, worker \\d, step \\d+: the (loss is"
                        + " (NaN|Infinity)|parameters are not finite); its records of data\\.train, from 0: \\d+, \\d+"
                        + " \\(the log has the stack trace\\)");
        assertThat(run.checkpoints()).isNotEmpty();
        List<String> facts = run.facts();
        byte[] newest =
                Files.readAllBytes(run.checkpoints().get(run.checkpoints().size() - 1));
        assertThat(train(run, diverging).errors())
                .as("again, from the checkpoint")
                .isEqualTo(ended.errors());
        assertThat(run.facts()).isEqualTo(facts);
        assertThat(Files.readAllBytes(run.checkpoints().get(run.checkpoints().size() - 1)))
                .isEqualTo(newest);
    }

    @Test
    void aSecondDriverIsRefusedAndTheFirstNotDisturbed() throws IOException {
        TrainedRun run = whole.stoppedCopy(temporary.resolve("two"), 3);
        List<String> before = run.facts();
        RunDirectory directory =
                RunDirectory.of(Fixtures.localFiles().getConf(), run.directory().toString());
        try (Claim claim = directory.claim(Duration.ofSeconds(6), line -> {})) {
            claim.application("local-1");
            TrainCommandLine.Ended ended = train(run);
            assertThat(ended.errors()).hasSize(1);
            assertThat(ended.errors().get(0))
                    .startsWith("lora-dash: run.output: ")
                    .contains(" (is in use: host ", ", application local-1, since ", "; its claim expires ");
            assertThat(ended.status()).isEqualTo(2);
            assertThat(run.facts()).isEqualTo(before);
            claim.check();
        }
        checkDone(train(run));
        run.checkLike(whole);
    }

    /** A file system of the kernel's own, where this user may mount one. */
    @Test
    void aDiskThatIsReallyFullAndThenReallyReadOnly() throws Exception {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        assumeTrue(mount("-t", "tmpfs", "-o", "size=128k", "tmpfs", disk.toString()) == 0, "cannot mount a tmpfs");
        try {
            TrainedRun run = new TrainedRun(disk.resolve("run"));
            TrainCommandLine.Ended full = trainLocally(run);
            assertThat(full.status()).isEqualTo(1);
            assertThat(full.errors()).hasSize(1);
            assertThat(full.errors().get(0)).contains("No space left on device");
            checkThatCheckpointsAreWhole(run);
            mount("-o", "remount,size=64m,ro", disk.toString());
            TrainCommandLine.Ended readOnly = trainLocally(run);
            assertThat(readOnly.status()).isEqualTo(1);
            assertThat(readOnly.errors()).hasSize(1);
            assertThat(readOnly.errors().get(0)).as("Hadoop does not say why").contains("disk/run/claims");
            mount("-o", "remount,rw", disk.toString());
            checkDone(trainLocally(run));
            run.checkLike(whole);
        } finally {
            new ProcessBuilder("umount", disk.toString()).inheritIO().start().waitFor();
        }
    }

    private static int mount(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException absent) {
            return 1;
        }
    }

    private static void checkThatCheckpointsAreWhole(TrainedRun run) throws IOException {
        List<Path> checkpoints = run.checkpoints();
        for (int i = 0; i < checkpoints.size(); i++) {
            assertThat(checkpoints.get(i))
                    .hasSameBinaryContentAs(whole.checkpoints().get(i));
        }
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }

    private static TrainCommandLine.Ended trainLocally(TrainedRun run) throws IOException {
        return train(run, run.directory().toString(), new String[0]);
    }

    private static TrainCommandLine.Ended train(TrainedRun run, String... settings) throws IOException {
        return train(run, "faulty://" + run.directory(), settings);
    }

    private static TrainCommandLine.Ended train(TrainedRun run, String output, String[] settings) throws IOException {
        Path file = temporary.resolve(run.directory().getFileName() + ".conf");
        String text = ResumeTest.text(output, temporary) + "spark.hadoop.fs.faulty.impl = \""
                + FaultyFiles.class.getName() + "\"\n";
        return TrainCommandLine.train(file, text, settings);
    }
}
