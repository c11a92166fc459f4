package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Scratch;
import org.loradash.run.Checkpoints;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Sha256;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code checkpoint MODEL RECORDS}: what a checkpoint each round costs beside the round. */
@Command(
        name = "checkpoint",
        description = {
            "What a checkpoint each round costs beside a round of local steps: in a real run of the job, and the writing"
                    + " of its last state by itself, again and again."
        },
        mixinStandardHelpOptions = true)
final class CheckpointCommand implements Callable<Integer> {
    private static final double MIB = 0x1p-20;

    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(names = "--workers", defaultValue = "1", description = "Workers of a round (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
            names = "--local-steps",
            defaultValue = "10",
            description = "Local steps of a round (default: ${DEFAULT-VALUE}).")
    private int localSteps;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Rounds of the run, the first to warm up (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--writes",
            defaultValue = "9",
            description = "How often the state is written by itself (default: ${DEFAULT-VALUE}).")
    private int writes;

    @Option(
            names = "--output",
            description = "Where it is written then, any Hadoop URI, in a directory that is made and deleted (default:"
                    + " the machine's temporary directory, as the run's).")
    private String output;

    @Override
    public Integer call() throws IOException {
        if (workers < 1 || localSteps < 1 || rounds < 2 || writes < 1) {
            throw InvalidInput.of(
                    "--workers, --local-steps, --rounds, --writes",
                    workers + ", " + localSteps + ", " + rounds + ", " + writes,
                    "must be at least 1, and 2 rounds, the first to warm up");
        }
        try (Scratch scratch = Scratch.make()) {
            Progress.say("a run of %d rounds with a checkpoint each", rounds);
            java.nio.file.Path directory = scratch.path().resolve("job");
            JobRun run = JobRun.local(
                    directory,
                    JobSettings.of(files, options)
                            .with("training.workers", workers)
                            .with("training.local-steps", localSteps)
                            .with("training.steps", localSteps * rounds)
                            .with("checkpoint.every-rounds", 1)
                            .map());
            Path left = new Path(directory.resolve("run/checkpoints").toUri());
            Checkpoints.Saved saved = new Checkpoints(left.getFileSystem(new Configuration()), left, () -> {})
                    .newest(warning -> Progress.say("%s", warning))
                    .orElseThrow();
            Path place = new Path(output == null ? scratch.path().toUri().toString() : output, "checkpoint-benchmark");
            print(run, saved, place);
        }
        return 0;
    }

    private void print(JobRun run, Checkpoints.Saved saved, Path place) throws IOException {
        double round = Medians.of(seconds(run.laterRounds()));
        List<JsonNode> events = run.events("checkpoint");
        double inRun = Medians.of(seconds(events.subList(1, events.size())));
        double[] whole = new double[writes];
        double[] visible = new double[writes];
        long bytes = write(saved, place, whole, visible);
        double digest = digest(bytes);
        System.out.printf(
                "%d workers, a round of %d local steps takes %s s; the state has %d parameters, its checkpoint %s MiB%n%n",
                workers,
                localSteps,
                TextTable.number(round),
                saved.state().parameters().length,
                TextTable.number(bytes * MIB));
        TextTable table = new TextTable("a checkpoint", "seconds", "of a round");
        row(table, "in the run, until it was on disk", inRun, round);
        row(table, "by itself, until it was on disk and visible: median of " + writes, Medians.of(whole), round);
        row(table, "the longest of them", Arrays.stream(whole).max().orElseThrow(), round);
        row(table, "of the median: making it visible and pruning", Medians.of(visible), round);
        row(table, "its SHA-256 alone", digest, round);
        table.print();
        System.out.printf(
                "A checkpoint each round costs %s of a round.%n", TextTable.percent(Medians.of(whole) / round));
    }

    /** Returns the file's size. */
    private long write(Checkpoints.Saved saved, Path place, double[] whole, double[] visible) throws IOException {
        FileSystem system = FileSystems.of("--output", place.toString(), new Configuration());
        system.setWriteChecksum(false);
        Checkpoints checkpoints = new Checkpoints(system, place, () -> {});
        try {
            for (int i = 0; i < writes; i++) {
                long begin = System.nanoTime();
                Checkpoints.Written written = checkpoints.write(saved);
                long onDisk = System.nanoTime();
                checkpoints.publish(written, 2);
                whole[i] = (System.nanoTime() - begin) * 1e-9;
                visible[i] = (System.nanoTime() - onDisk) * 1e-9;
            }
            return system.listStatus(place)[0].getLen();
        } finally {
            system.delete(place, true);
        }
    }

    private static double digest(long bytes) {
        byte[] block = new byte[1 << 20];
        MessageDigest digest = Sha256.digest();
        long begin = System.nanoTime();
        for (long done = 0; done < bytes; done += block.length) {
            digest.update(block);
        }
        Sha256.hexadecimal(digest);
        return (System.nanoTime() - begin) * 1e-9;
    }

    private static void row(TextTable table, String what, double seconds, double round) {
        table.row(what, seconds, TextTable.percent(seconds / round));
    }

    private static double[] seconds(List<JsonNode> events) {
        return events.stream()
                .mapToDouble(event -> event.get("seconds").asDouble())
                .toArray();
    }
}
