package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Json;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.Peer;
import org.loradash.benchmark.process.Scratch;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code predict MODEL RECORDS}: the command {@code lora-dash predict} against transformers' pipeline. */
@Command(
        name = "predict",
        description = {
            "The whole command lora-dash predict against transformers' pipeline, each in processes of its own, in turns, on the"
                    + " same rows. Ours is measured by the rows behind the first quarter: with all of them less with the"
                    + " quarter alone, so that starting, reading the model and warming up count on neither side.",
            "Needs a Python with torch, transformers and peft."
        },
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
    private static final String OURS = "ours";

    @Mixin
    private ModelArguments files;

    @Option(names = "--adapter", paramLabel = "DIRECTORY", description = "A PEFT adapter on the model.")
    private Path adapter;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting of ours, such as task.kind=classification; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--batches",
            defaultValue = "1,8,16",
            description = "How many rows the pipeline computes together, in turn (default: ${DEFAULT-VALUE}).")
    private String batches;

    @Option(
            names = "--python",
            defaultValue = "${env:LORADASH_PYTHON:-python3}",
            description = "The Python with PyTorch (default: the variable LORADASH_PYTHON, or python3).")
    private String python;

    @Option(names = "--turns", defaultValue = "3", description = "Turns (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Override
    public Integer call() throws IOException {
        Peer peer = new Peer(python);
        peer.check();
        try (Scratch scratch = Scratch.make()) {
            Path configuration = JobRun.configure(scratch.path(), configured());
            List<ObjectNode> predicted = rows(ours(configuration, files.records(), scratch.path()));
            List<String> added = added(predicted.get(0));
            List<String> answers = predicted.stream()
                    .map(row -> row.get(added.get(0)).asText())
                    .toList();
            predicted.forEach(row -> row.remove(added));
            Path all = write(scratch.path().resolve("all.jsonl"), predicted);
            Path few = write(scratch.path().resolve("few.jsonl"), predicted.subList(0, predicted.size() / 4));

            Map<String, List<Double>> rates = new LinkedHashMap<>();
            List<Double> whole = new ArrayList<>();
            JsonNode theirs = null;
            for (int turn = 1; turn <= turns; turn++) {
                // The order reverses, so that nobody always comes second.
                for (boolean our : turn % 2 == 1 ? List.of(true, false) : List.of(false, true)) {
                    if (our) {
                        double ofFew = seconds(configuration, few, scratch.path());
                        double ofAll = seconds(configuration, all, scratch.path());
                        whole.add(ofAll);
                        told(turn, OURS, (predicted.size() - predicted.size() / 4) / (ofAll - ofFew), rates);
                    } else {
                        theirs = peer.predict(arguments(configuration, all));
                        for (JsonNode row : theirs.get("rows")) {
                            told(
                                    turn,
                                    row.get("name").asText(),
                                    row.get("rows_per_second").asDouble(),
                                    rates);
                        }
                    }
                }
            }
            print(predicted.size(), rates, whole, theirs);
            System.out.printf("%d of %d answers are the same%n", same(answers, theirs), answers.size());
        }
        return 0;
    }

    private Map<String, String> configured() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(
                "model.path",
                JobRun.quoted(Path.of(files.model()).toAbsolutePath().toString()));
        all.put("evaluation.beams", "1");
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            if (parts.length < 2) {
                throw InvalidInput.of("--set", setting, "must be key=value");
            }
            all.put(parts[0].strip(), parts[1]);
        }
        return all;
    }

    /** Predicts, and returns the directory of the answers. */
    private Path ours(Path configuration, Path records, Path scratch) throws IOException {
        Path output = Files.createTempDirectory(scratch, "answers");
        List<String> command = new ArrayList<>(List.of(
                Launch.root().resolve("deploy/local/lora-dash").toString(), "predict", configuration.toString()));
        command.addAll(adapter == null ? List.of("--base") : List.of("--adapter", adapter.toString()));
        command.addAll(List.of("--input", records.toString(), "--output", output.toString(), "--format", "json"));
        Launch.lastLine(command, System.err::println);
        return output;
    }

    private double seconds(Path configuration, Path records, Path scratch) throws IOException {
        long begin = System.nanoTime();
        ours(configuration, records, scratch);
        return (System.nanoTime() - begin) * 1e-9;
    }

    private List<String> arguments(Path configuration, Path rows) {
        SettingsForEvaluation ours =
                new SettingsReader(new Configuration()).readForEvaluation(configuration.toString(), List.of());
        List<String> arguments = new ArrayList<>(List.of(files.model(), rows.toString(), "--batches", batches));
        if (ours.task().labels().isPresent()) {
            arguments.addAll(
                    List.of("--columns", String.join(",", ours.data().table().texts())));
            arguments.addAll(List.of(
                    "--labels", String.valueOf(ours.task().labels().get().count())));
        }
        if (adapter != null) {
            arguments.addAll(List.of("--adapter", adapter.toString()));
        }
        arguments.addAll(List.of(
                "--max-tokens", String.valueOf(ours.evaluation().maxTokens()),
                "--beams", String.valueOf(ours.evaluation().beams()),
                "--threads", String.valueOf(Runtime.getRuntime().availableProcessors())));
        return arguments;
    }

    private static List<ObjectNode> rows(Path answers) throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        try (Stream<Path> found = Files.list(answers)) {
            for (Path part : found.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(part)) {
                    rows.add((ObjectNode) Json.parse(line));
                }
            }
        }
        return rows;
    }

    /** The columns of answers, the answer itself first. */
    private static List<String> added(ObjectNode row) {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(name -> names.add(name));
        return names.stream().filter(name -> name.startsWith("predicted_")).toList();
    }

    private static Path write(Path file, List<ObjectNode> rows) throws IOException {
        return Files.write(file, rows.stream().map(ObjectNode::toString).toList());
    }

    private static void told(int turn, String name, double rate, Map<String, List<Double>> rates) {
        Progress.say("turn %d, %s: %.2f rows/s", turn, name, rate);
        rates.computeIfAbsent(name, any -> new ArrayList<>()).add(rate);
    }

    private void print(int rows, Map<String, List<Double>> rates, List<Double> whole, JsonNode theirs) {
        System.out.printf(
                "%d rows of %s; %d turns; ours with all that it does before and behind, %.1f s; the pipeline's model is read in"
                        + " %.1f s%n",
                rows,
                files.records(),
                turns,
                median(whole),
                theirs.get("loading").asDouble());
        TextTable table = new TextTable("", "rows/s, median of turns", "best turn", "ours / this");
        rates.forEach((name, all) -> table.row(
                name,
                median(all),
                all.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                median(rates.get(OURS)) / median(all)));
        table.print();
    }

    private static double median(List<Double> all) {
        return Medians.of(all.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** A class is told by its name or as the pipeline calls what has none. */
    private static long same(List<String> answers, JsonNode theirs) {
        long same = 0;
        for (int i = 0; i < answers.size(); i++) {
            same += answers.get(i).equals(theirs.get("answers").get(i).asText()) ? 1 : 0;
        }
        return same;
    }
}
