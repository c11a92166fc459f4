package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.engine.Workload;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.Peer;
import org.loradash.benchmark.process.Scratch;
import org.loradash.config.Settings;
import org.loradash.config.TaskSettings;
import org.loradash.task.classification.TextBatch;
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
            description = "PyTorch's micro-batches (default: a step's records together, and a quarter of them).")
    private List<Integer> microBatches;

    @Option(
            names = "--peer-ways",
            split = ",",
            defaultValue = "plain",
            description =
                    "How PyTorch goes, a row each for every micro-batch: plain, sorted (a step's records by length, so that"
                            + " less is padded), compiled (torch.compile), both (default: ${DEFAULT-VALUE}).")
    private List<PeerWay> peerWays;

    @Option(
            names = "--job-steps",
            defaultValue = "5",
            description =
                    "Local steps of each of the job's two rounds; 0: without the job (default: ${DEFAULT-VALUE}).")
    private int jobSteps;

    private enum PeerWay {
        PLAIN("", List.of()),
        SORTED(", sorted", List.of("--sorted")),
        COMPILED(", compiled", List.of("--compiled")),
        BOTH(", sorted, compiled", List.of("--sorted", "--compiled"));

        private final String named;
        private final List<String> options;

        PeerWay(String named, List<String> options) {
            this.named = named;
            this.options = options;
        }
    }

    private enum Side {
        OURS,
        PEER
    }

    /** What runs, and what its turns gave. */
    private record Runner(Side side, String name, Callable<JsonNode> run, List<JsonNode> results) {
        Runner(Side side, String name, Callable<JsonNode> run) {
            this(side, name, run, new ArrayList<>());
        }

        double[] all(String key) {
            return results.stream()
                    .mapToDouble(result -> result.get(key).asDouble())
                    .toArray();
        }

        double median() {
            return Medians.of(all("tokens_per_second"));
        }

        double best() {
            return Arrays.stream(all("tokens_per_second")).max().orElse(Double.NaN);
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
        Settings settings = JobSettings.of(files, options).settings();
        List<?> batches = Workload.batches(settings, Math.max(steps, 2 * jobSteps));
        Peer peer = new Peer(python);
        peer.check();
        try (Scratch scratch = Scratch.make()) {
            Entrants onRecords = new Entrants(
                    settings.task(),
                    files.records(),
                    theirs(batches, scratch.path()),
                    recipe.batch(),
                    options.settings());
            if (isOfPictures(settings.task())) {
                pictures(peer, onRecords, scratch.path());
                return 0;
            }
            Path equalFile = scratch.path().resolve("equal.jsonl");
            Records.writeRandom(
                    equalFile, EQUAL_SEQUENCES * steps, EQUAL_LENGTH, files.vocabularySize(), isOfTexts(batches));
            Entrants onEqual =
                    new Entrants(settings.task(), equalFile, equalFile, EQUAL_SEQUENCES, settingsForTokens());
            List<Runner> records = new ArrayList<>();
            records.add(new Runner(Side.OURS, "ours", () -> ours(onRecords)));
            if (settings.task().kind().equals("language") && settings.data().sharePrefixes()) {
                Entrants apart = onRecords.with("data.share-prefixes=false");
                records.add(new Runner(Side.OURS, "ours, without shared prefixes", () -> ours(apart)));
            }
            for (int microBatch : microBatches(recipe.batch())) {
                for (PeerWay way : peerWays) {
                    records.add(new Runner(
                            Side.PEER,
                            "PyTorch + PEFT, micro-batch " + microBatch + way.named,
                            () -> theirs(peer, onRecords, microBatch, way)));
                }
            }
            List<Runner> equal = List.of(
                    new Runner(Side.OURS, "ours", () -> ours(onEqual)),
                    new Runner(
                            Side.PEER, "PyTorch + PEFT", () -> theirs(peer, onEqual, EQUAL_SEQUENCES, PeerWay.PLAIN)));
            takeTurns(records, equal);
            JobRun job = jobSteps == 0 ? null : job(scratch.path());

            printRecords(records, job);
            System.out.printf("%d sequences of %d random tokens a step%n", EQUAL_SEQUENCES, EQUAL_LENGTH);
            print(equal, null);
        }
        return 0;
    }

    /**
     * What is trained on.
     *
     * @param ours that we read
     * @param theirs that the peer reads: the same records
     * @param settings of ours, beside the recipe
     */
    private record Entrants(TaskSettings task, Path ours, Path theirs, int batch, List<String> settings) {
        /** The same with one more setting. */
        Entrants with(String setting) {
            List<String> more = new ArrayList<>(settings);
            more.add(setting);
            return new Entrants(task, ours, theirs, batch, more);
        }
    }

    private static boolean isOfPictures(TaskSettings task) {
        return task.kind().equals("denoising");
    }

    /** Pictures are of one size already, and need no padding. */
    private void pictures(Peer peer, Entrants entrants, Path scratch) throws Exception {
        List<Runner> runners = new ArrayList<>(List.of(
                new Runner(Side.OURS, "ours", () -> ours(entrants)),
                new Runner(
                        Side.PEER, "diffusers + PEFT", () -> theirs(peer, entrants, entrants.batch(), PeerWay.PLAIN))));
        takeTurns(runners, List.of());
        printRecords(runners, jobSteps == 0 ? null : job(scratch));
    }

    private void printRecords(List<Runner> runners, JobRun job) {
        Recipe recipe = options.recipe();
        System.out.printf(
                "%d turns of %d steps, the first of each to warm up; %d threads%n%n", turns, steps, recipe.threads());
        System.out.println("Records of " + files.records() + ", " + recipe.batch() + " a step");
        print(runners, job);
    }

    private static boolean isOfTexts(List<?> batches) {
        return batches.get(0) instanceof TextBatch;
    }

    /** The records' file, or, of texts with labels, a file of the tokens that we make of them. */
    private Path theirs(List<?> batches, Path scratch) throws IOException {
        if (!isOfTexts(batches)) {
            return files.records();
        }
        Path tokens = scratch.resolve("records.jsonl");
        Records.write(tokens, batches.stream().map(TextBatch.class::cast).toList());
        return tokens;
    }

    private List<String> settingsForTokens() {
        List<String> settings = new ArrayList<>(options.settings().stream()
                .filter(setting -> !setting.startsWith("data."))
                .toList());
        settings.add("data.format=tokens");
        return settings;
    }

    private List<Integer> microBatches(int batch) {
        return microBatches != null ? microBatches : List.of(batch, Math.max(1, batch / 4));
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

    private JsonNode ours(Entrants entrants) {
        List<String> command = new ArrayList<>(List.of("engine", files.model(), entrants.ours.toString()));
        command.addAll(arguments(entrants.batch));
        command.addAll(List.of("--cutoff", String.valueOf(options.recipe().cutoff())));
        entrants.settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        if (options.recipe().blockValues() == BlockValues.RECOMPUTED) {
            command.add("--recompute");
        }
        return Launch.ours(command.toArray(String[]::new));
    }

    private JsonNode theirs(Peer peer, Entrants entrants, int microBatch, PeerWay way) {
        List<String> command = new ArrayList<>(List.of(files.model(), entrants.theirs.toString()));
        command.addAll(arguments(entrants.batch));
        command.addAll(List.of("--micro-batch", String.valueOf(microBatch)));
        command.addAll(way.options);
        if (isOfPictures(entrants.task)) {
            if (options.recipe().blockValues() == BlockValues.RECOMPUTED) {
                command.add("--recompute");
            }
            return peer.trainUnet(command);
        }
        if (entrants.task.kind().equals("language")) {
            command.addAll(List.of("--cutoff", String.valueOf(options.recipe().cutoff())));
            return peer.train(command);
        }
        // Without classes a number is learnt.
        entrants.task.labels().ifPresent(labels -> command.addAll(List.of("--labels", String.valueOf(labels.count()))));
        return peer.trainEncoder(command);
    }

    private List<String> arguments(int batch) {
        Recipe recipe = options.recipe();
        List<Object> pairs = List.of(
                "--steps", steps,
                "--batch", batch,
                "--rank", recipe.rank(),
                "--alpha", recipe.alpha(),
                "--learning-rate", recipe.learningRate(),
                "--threads", recipe.threads(),
                "--arithmetic", recipe.arithmetic().name().toLowerCase(Locale.ROOT));
        return pairs.stream().map(String::valueOf).toList();
    }

    private JobRun job(Path scratch) throws IOException {
        Progress.say("the job through Spark, two rounds of %d steps", jobSteps);
        return JobRun.local(
                Files.createDirectories(scratch.resolve("job")),
                JobSettings.of(files, options)
                        .with("training.workers", 1)
                        .with("training.local-steps", jobSteps)
                        .with("training.steps", 2 * jobSteps)
                        .map());
    }

    private static void print(List<Runner> runners, JobRun job) {
        Runner ours = runners.get(0);
        double best = runners.stream()
                .filter(runner -> runner.side == Side.PEER)
                .mapToDouble(Runner::median)
                .max()
                .orElse(Double.NaN);
        TextTable table = new TextTable(
                "",
                "tokens/s, median of turns",
                "best turn",
                "examples/s, median",
                "best step, s",
                "against the best PyTorch row",
                "MiB at most");
        for (Runner runner : runners) {
            table.row(
                    runner.name,
                    runner.median(),
                    runner.best(),
                    Medians.of(runner.all("examples_per_second")),
                    "%.3f"
                            .formatted(Arrays.stream(runner.all("best_step_seconds"))
                                    .min()
                                    .orElse(Double.NaN)),
                    runner.median() / best,
                    runner.peak());
        }
        if (job != null) {
            double[] speeds = job.laterRounds().stream()
                    .mapToDouble(round -> round.path("tokens_per_second")
                            .asDouble(round.path("places_per_second").asDouble()))
                    .toArray();
            double median = Medians.of(speeds);
            table.row("ours, the whole job (later rounds)", median, "-", "-", "-", median / best, "-");
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
