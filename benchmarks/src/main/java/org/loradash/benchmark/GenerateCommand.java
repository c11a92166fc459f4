package org.loradash.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.engine.Progress;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.process.Launch;
import org.loradash.benchmark.process.Peer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code generate MODEL RECORDS}: our generation against transformers' generate. */
@Command(
        name = "generate",
        description =
                "Our generation against transformers' generate, each in processes of its own, in turns, on the same"
                        + " prompts. Needs a Python with torch and transformers.",
        mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private GenerationOptions options;

    @Option(
            names = "--python",
            defaultValue = "${env:LORADASH_PYTHON:-python3}",
            description = "The Python with PyTorch (default: the variable LORADASH_PYTHON, or python3).")
    private String python;

    @Option(names = "--turns", defaultValue = "3", description = "Turns (default: ${DEFAULT-VALUE}).")
    private int turns;

    @Override
    public Integer call() {
        Records.prompts(files.model(), files.records(), options.records());
        Peer peer = new Peer(python);
        peer.check();
        List<JsonNode> ours = new ArrayList<>();
        List<JsonNode> theirs = new ArrayList<>();
        for (int turn = 1; turn <= turns; turn++) {
            // The order reverses, so that nobody always comes second.
            boolean first = turn % 2 == 1;
            if (first) {
                ours.add(told(turn, "ours", ours()));
            }
            theirs.add(told(turn, "transformers", peer.generate(arguments())));
            if (!first) {
                ours.add(told(turn, "ours", ours()));
            }
        }
        System.out.printf(
                "%d records of %s in batches of %d, at most %d new tokens, %d threads; %d turns%n",
                options.records(), files.records(), options.batch(), options.maxTokens(), options.threads(), turns);
        TextTable table = new TextTable(
                "", "new tokens", "tokens/s, median of turns", "best turn", "times transformers", "MiB at most");
        double peers = median(theirs);
        row(table, "ours", ours, peers);
        row(table, "transformers", theirs, peers);
        table.print();
        System.out.printf("%d of %d answers are the same%n", same(ours.get(0), theirs.get(0)), options.records());
        return 0;
    }

    private JsonNode ours() {
        List<String> command = new ArrayList<>(List.of("generation"));
        command.addAll(arguments());
        return Launch.ours(command.toArray(String[]::new));
    }

    private List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of(files.model(), files.records().toString()));
        arguments.addAll(options.arguments());
        return arguments;
    }

    private static JsonNode told(int turn, String name, JsonNode result) {
        Progress.say(
                "turn %d, %s: %.1f tokens/s",
                turn, name, result.get("tokens_per_second").asDouble());
        return result;
    }

    private static void row(TextTable table, String name, List<JsonNode> results, double peers) {
        double best = 0;
        long peak = 0;
        for (JsonNode result : results) {
            best = Math.max(best, result.get("tokens_per_second").asDouble());
            peak = Math.max(peak, result.get("peak_memory_mib").asLong());
        }
        double median = median(results);
        table.row(name, results.get(0).get("tokens").asLong(), median, best, median / peers, peak);
    }

    private static double median(List<JsonNode> results) {
        return Medians.of(results.stream()
                .mapToDouble(result -> result.get("tokens_per_second").asDouble())
                .toArray());
    }

    /** Ours are told without the token that ends them. */
    private static int same(JsonNode ours, JsonNode theirs) {
        int same = 0;
        for (int i = 0; i < ours.get("answers").size(); i++) {
            JsonNode answer = ours.get("answers").get(i);
            JsonNode other = theirs.get("answers").get(i);
            boolean equal = other.size() - answer.size() <= 1 && other.size() >= answer.size();
            for (int j = 0; equal && j < answer.size(); j++) {
                equal = answer.get(j).equals(other.get(j));
            }
            same += equal ? 1 : 0;
        }
        return same;
    }
}
