package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.loradash.config.Key;
import org.loradash.config.Keys;

/** What help says after the options: examples and exit statuses, and where a configuration is given every key of it. */
final class HelpText {
    private static final String INDENT = "      ";
    private static final int WIDTH = 80;

    private static final String STATUS =
            "Exit status: 0 done; 2 a mistake in what was given, told in one line; 1 anything else.";

    private static final List<String> EXAMPLES = List.of(
            "",
            "Examples:",
            "  lora-dash train conf/quickstart.conf --set training.steps=40 --set run.output=/tmp/run",
            "  lora-dash sweep conf/sweeps/methods.conf",
            "  lora-dash plan conf/quickstart.conf --set training.batch-size=64",
            "  lora-dash show conf/quickstart.conf --records 1",
            "  lora-dash evaluate conf/quickstart.conf --set evaluation.data=data/ARC-Easy/test.json",
            "",
            STATUS);

    /** A configuration with the keys that most people set; each of them is one of {@link Keys#ALL}. */
    static final List<String> EXAMPLE = List.of(
            "run.output = runs/chat                     # everything that the run writes",
            "model.path = /models/SmolLM2-135M-Instruct # a Hugging Face model directory",
            "data {",
            "  train = conversations.jsonl              # files or directories of records",
            "  format = chat                            # or instruction, text, tokens, ...",
            "  cutoff = 512                             # most tokens of a record",
            "}",
            "adapter {",
            "  method = lora-dash                       # or lora, full, ...",
            "  rank = 32",
            "  alpha = 64                               # scale = alpha / rank",
            "}",
            "dash {",
            "  pre-launch-steps = 100                   # then directions are chosen",
            "  directions = 8                           # of each weight matrix",
            "}",
            "training {",
            "  steps = 1000                             # or epochs = 3",
            "  batch-size = 16                          # records of a step",
            "  learning-rate = 2e-4",
            "}",
            "validation.hold-out = 100                  # records to measure on the way");

    private static final Set<String> ASKED = Set.of("run", "model", "task", "data", "evaluation");

    private static final List<String> ASKING = List.of(
            "",
            "Examples:",
            "  lora-dash evaluate conf/quickstart.conf",
            "  lora-dash evaluate conf/quickstart.conf --base --set evaluation.data=data/ARC-Easy/test.json",
            "  lora-dash predict runs/quickstart --input questions.jsonl --output answers --format json",
            "  lora-dash predict runs/reviews --input reviews.csv --output classified",
            "",
            STATUS);

    private static final List<String> SPARK = List.of(
            "",
            "spark: Spark's own properties",
            "  spark { ... }",
            INDENT + "for example spark.master = \"local[2]\", spark.task.cpus = 2");

    private HelpText() {}

    /** Of the command as a whole. */
    static String[] brief() {
        return footer(Stream.of(
                        EXAMPLES,
                        List.of(
                                "",
                                "COMMAND --help tells a command's options; train --help all keys of a configuration."))
                .flatMap(List::stream));
    }

    /** Of a command that asks what a run has made, and heeds few keys. */
    static String[] withKeysOfAsking() {
        List<String> lines = new ArrayList<>(ASKING);
        lines.addAll(List.of("", "Keys that count here; train --help tells all."));
        Keys.SECTIONS.stream()
                .filter(section -> ASKED.contains(section.name()))
                .forEach(section -> describe(section, lines));
        lines.addAll(SPARK);
        return footer(lines.stream());
    }

    /** Of a command that is given a configuration. */
    static String[] withKeys() {
        List<String> lines = new ArrayList<>(EXAMPLES);
        lines.addAll(List.of(
                "",
                "A configuration is a file in HOCON, where adapter.rank = 8 is the same as adapter { rank = 8 }.",
                "What most people set:",
                ""));
        EXAMPLE.forEach(line -> lines.add("  " + line));
        lines.addAll(List.of(
                "",
                "All keys, by sections, with their defaults and what they may be. Paths are local or any",
                "Hadoop URI."));
        Keys.SECTIONS.forEach(section -> describe(section, lines));
        lines.addAll(SPARK);
        lines.addAll(List.of(
                "",
                "sweep: for the command sweep",
                "  sweep = [{ name = a, adapter.rank = 4 }, ...]",
                INDENT + "runs below run.output that differ in these settings",
                "  sweep { seeds = [1, 2, 3], compare-with = a, runs = [{ name = a }, ...] }",
                INDENT + "the same, each run once a seed; with evaluation.data each is evaluated and compared",
                INDENT + "with that one, or the first",
                "",
                "--set takes a value as it stands; lists ([a, b]) and \"quoted strings\" are HOCON."));
        return footer(lines.stream());
    }

    private static String[] footer(Stream<String> lines) {
        return lines.map(line -> line.replace("%", "%%")).toArray(String[]::new);
    }

    private static void describe(Keys.Section section, List<String> lines) {
        lines.addAll(List.of("", section.name() + ": " + section.meaning()));
        section.keys().forEach(key -> describe(key, lines));
    }

    private static void describe(Key<?> key, List<String> lines) {
        lines.add("  " + key.name() + (key.hasDefault() ? " = " : ", ") + key.otherwise());
        String line = INDENT;
        for (String word : (key.meaning() + " (" + key.allowed() + ")").split(" ")) {
            if (line.length() + word.length() > WIDTH) {
                lines.add(line.stripTrailing());
                line = INDENT;
            }
            line += word + " ";
        }
        lines.add(line.stripTrailing());
    }
}
