package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.Peer;
import org.loradash.benchmark.process.Scratch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code race MODEL RECORDS}: our engine and the whole job against PyTorch + PEFT. */
@Command(
        name = "race",
        description = {
            "Our engine against PyTorch + PEFT, each in processes of its own, in turns: the same records (PyTorch in"
                    + " padded micro-batches), and sequences of one length that need no padding; and the whole job"
                    + " through Spark. Needs a Python with torch, transformers and peft."
        },
        mixinStandardHelpOptions = true)
final class RaceCommand implements Callable<Integer> {
    private static final int EQUAL_SEQUENCES = 8;
    private static final int EQUAL_LENGTH = 128;

    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(
            names = "--python",
            defaultValue = "${env:LORADASH_PYTHON:-python3}",
            description = "The Python with PyTorch (default: the variable LORADASH_PYTHON, or python3).")
    private String python;

    @Option(
            names = "--steps",
            defaultValue = "6",
            description = "Steps of a turn, the first to warm up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--turns", defaultValue = "3", description = "Turns (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Option(
            names = "--micro-batches",
            split = ",",
            defaultValue = "16,4",
            description = "PyTorch's micro-batches (default: ${DEFAULT-VALUE}).")
    private List<Integer> microBatches;

    @Option(
            names = "--job-steps",
            defaultValue = "5",
            description =
                    "Local steps of each of the job's two rounds; 0: without the job (default: ${DEFAULT-VALUE}).")
    private int jobSteps;

    /** What runs, and what its turns gave. */
    private record Runner(String name, Callable<JsonNode> run, List<JsonNode> results) {
        Runner(String name, Callable<JsonNode> run) {
            this(name, run, new ArrayList<>());
        }

        double[] speeds() {
            return results.stream()
                    .mapToDouble(result -> result.get("tokens_per_second").asDouble())
                    .toArray();
        }

        double median() {
            return Medians.of(speeds());
        }

        double best() {
            return Arrays.stream(speeds()).max().orElse(Double.NaN);
        }

        long peak() {
            return results.stream()
                    .mapToLong(result -> result.get("peak_memory_mib").asLong())
                    .max()
                    .orElse(0);
        }
    }

    @Override
    public Integer call() throws Exception {
        Recipe recipe = options.recipe();
        Records.batches(files.model(), files.records(), Math.max(steps, 2 * jobSteps), recipe);
        Peer peer = new Peer(python);
        peer.check();
        try (Scratch scratch = Scratch.make()) {
            Path equal = scratch.path().resolve("equal.jsonl");
            Records.writeRandom(equal, EQUAL_SEQUENCES * steps, EQUAL_LENGTH, files.vocabularySize());
            String records = files.records().toString();
            List<Runner> onRecords = new ArrayList<>();
            onRecords.add(new Runner("ours", () -> ours(records, recipe.batch())));
            for (int microBatch : microBatches) {
                onRecords.add(new Runner(
                        "PyTorch + PEFT, micro-batch " + microBatch,
                        () -> peer.train(arguments(records, recipe.batch(), "--micro-batch", microBatch))));
            }
            List<Runner> onEqual = List.of(
                    new Runner("ours", () -> ours(equal.toString(), EQUAL_SEQUENCES)),
                    new Runner(
                            "PyTorch + PEFT",
                            () -> peer.train(
                                    arguments(equal.toString(), EQUAL_SEQUENCES, "--micro-batch", EQUAL_SEQUENCES))));
            takeTurns(onRecords, onEqual);
            JobRun job = jobSteps == 0 ? null : job(scratch.path(), recipe);

            System.out.printf(
                    "%d turns of %d steps, the first of each to warm up; %d threads%n%n",
                    turns, steps, recipe.threads());
            System.out.println("Records of " + files.records() + ", " + recipe.batch() + " a step");
            print(onRecords, job);
            System.out.printf("%d sequences of %d random tokens a step%n", EQUAL_SEQUENCES, EQUAL_LENGTH);
            print(onEqual, null);
        }
        return 0;
    }

    private void takeTurns(List<Runner> onRecords, List<Runner> onEqual) throws Exception {
        List<Runner> all = new ArrayList<>(onRecords);
        all.addAll(onEqual);
        for (int turn = 1; turn <= turns; turn++) {
            for (Runner runner : all) {
                JsonNode result = runner.run.call();
                runner.results.add(result);
                Progress.say(
                        "turn %d of %d, %s: %.1f tokens/s",
                        turn,
                        turns,
                        runner.name,
                        result.get("tokens_per_second").asDouble());
            }
            // Back again the other way, so that nobody always comes after the same one.
            Collections.reverse(all);
        }
    }

    private JsonNode ours(String records, int batch) {
        List<String> command = new ArrayList<>(List.of("engine"));
        command.addAll(arguments(records, batch));
        if (options.recipe().blockValues() == BlockValues.RECOMPUTED) {
            command.add("--recompute");
        }
        return Launch.ours(command.toArray(String[]::new));
    }

    private List<String> arguments(String records, int batch, Object... more) {
        Recipe recipe = options.recipe();
        List<String> arguments = new ArrayList<>(List.of(files.model(), records));
        List<Object> pairs = new ArrayList<>(List.of(
                "--steps", steps,
                "--batch", batch,
                "--cutoff", recipe.cutoff(),
                "--rank", recipe.rank(),
                "--alpha", recipe.alpha(),
                "--learning-rate", recipe.learningRate(),
                "--threads", recipe.threads()));
        pairs.addAll(List.of(more));
        pairs.forEach(one -> arguments.add(String.valueOf(one)));
        return arguments;
    }

    private JobRun job(Path scratch, Recipe recipe) throws IOException {
        Progress.say("the job through Spark, two rounds of %d steps", jobSteps);
        return JobRun.local(
                Files.createDirectories(scratch.resolve("job")),
                JobSettings.of(files.model(), files.records().toString(), recipe)
                        .with("training.workers", 1)
                        .with("training.local-steps", jobSteps)
                        .with("training.steps", 2 * jobSteps)
                        .map());
    }

    private static void print(List<Runner> runners, JobRun job) {
        Runner ours = runners.get(0);
        double best = runners.subList(1, runners.size()).stream()
                .mapToDouble(Runner::median)
                .max()
                .orElse(Double.NaN);
        TextTable table = new TextTable(
                "", "tokens/s, median of turns", "best turn", "against the best PyTorch row", "MiB at most");
        for (Runner runner : runners) {
            table.row(runner.name, runner.median(), runner.best(), runner.median() / best, runner.peak());
        }
        if (job != null) {
            double[] speeds = job.laterRounds().stream()
                    .mapToDouble(round -> round.get("tokens_per_second").asDouble())
                    .toArray();
            double median = Medians.of(speeds);
            table.row("ours, the whole job (later rounds)", median, "-", median / best, "-");
        }
        table.print();
        printLosses(runners, job);
        long tokens = ours.results.get(0).get("tokens").asLong();
        for (Runner runner : runners) {
            long own = runner.results.get(0).get("tokens").asLong();
            if (own != tokens) {
                System.out.printf("Not the same tokens: %s has %d, ours %d%n%n", runner.name, own, tokens);
            }
        }
    }

    /** Adapters start from different random numbers, so that only the first losses must agree. */
    private static void printLosses(List<Runner> runners, JobRun job) {
        List<String> titles = new ArrayList<>(List.of("loss of step"));
        runners.forEach(runner -> titles.add(runner.name));
        if (job != null) {
            titles.add("the whole job");
        }
        TextTable table = new TextTable(titles.toArray(String[]::new));
        List<JsonNode> ofJob = job == null ? List.of() : job.events("step");
        for (int step = 0; step < runners.get(0).results.get(0).get("losses").size(); step++) {
            List<Object> row = new ArrayList<>(List.of(step));
            for (Runner runner : runners) {
                row.add("%.4f"
                        .formatted(runner.results.get(0).get("losses").get(step).asDouble()));
            }
            if (job != null) {
                row.add(
                        step < ofJob.size()
                                ? "%.4f".formatted(ofJob.get(step).get("loss").asDouble())
                                : "-");
            }
            table.row(row.toArray());
        }
        table.print();
    }
}
