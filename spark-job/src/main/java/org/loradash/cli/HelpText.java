package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.Key;
import org.loradash.config.Keys;

/** What help says after the options: an example, exit statuses, and every key of a configuration. */
final class HelpText {
    private static final String INDENT = "      ";
    private static final int WIDTH = 80;

    private HelpText() {}

    static String[] footer() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "Examples:",
                "  lora-dash train conf/quickstart.conf --set training.steps=40 --set run.output=/tmp/run",
                "  lora-dash sweep conf/sweeps/methods.conf",
                "  lora-dash plan conf/quickstart.conf --set training.batch-size=64",
                "  lora-dash show conf/quickstart.conf --records 1",
                "  lora-dash evaluate conf/quickstart.conf --set evaluation.data=data/ARC-Easy/test.json",
                "",
                "Exit status: 0 done; 2 a mistake in what was given, told in one line; 1 anything else.",
                "",
                "Keys of a configuration, in HOCON (adapter.rank = 8, or adapter { rank = 8 }),",
                "with their defaults. Paths are local or any Hadoop URI.",
                ""));
        Keys.ALL.forEach(key -> describe(key, lines));
        lines.addAll(List.of(
                "  spark { ... }",
                INDENT + "Spark properties, for example spark.master = \"local[2]\", spark.task.cpus = 2",
                "",
                "  sweep = [{ name = a, adapter.rank = 4 }, ...]",
                INDENT + "for the command sweep: runs below run.output that differ in these settings",
                "  sweep { seeds = [1, 2, 3], compare-with = a, runs = [{ name = a }, ...] }",
                INDENT + "the same, each run once a seed; with evaluation.data each is evaluated and compared",
                INDENT + "with that one, or the first",
                "",
                "--set takes a value as it stands; lists ([a, b]) and \"quoted strings\" are HOCON."));
        return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
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
