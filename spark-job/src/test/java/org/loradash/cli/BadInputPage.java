package org.loradash.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** docs/bad-input.md: a table for each area, a row for each mistake. */
record BadInputPage(String text, Map<String, String> lines) {
    static final Path FILE = Path.of("..", "docs", "bad-input.md");

    private static final String HEAD =
            """
            # Bad input, and what the commands say to it
            Each of these ends with status 2 and the line beside it, before anything is trained and with nothing changed in the
            directory of the run. `BadInputTest` gives every one of them to the command and holds it to this page, which is made
            by `mvn -B -ntp test -pl spark-job -am -Dtest=BadInputTest -Dsurefire.failIfNoSpecifiedTests=false -Dbad-input.write=true`;
            the cases are in the files `Bad*.java` beside it. Paths are relative here to the directory of the case, in which
            `job.conf` includes a configuration that is right and adds the line that is told on its line 2.

            What is wrong in the records is found by the Spark job that tokenises them, one task a file, before the first round;
            everything else before a Spark application starts, but for what a run directory holds behind its own settings.
            `FuzzTest` goes on from here: files of every kind with bytes changed at random are accepted, or refused in the same way.
            """;

    static BadInputPage read() {
        if (!Files.exists(FILE)) {
            return new BadInputPage("", Map.of());
        }
        try {
            String text = Files.readString(FILE);
            Map<String, String> lines = new HashMap<>();
            String area = "";
            for (String line : text.lines().toList()) {
                if (line.startsWith("## ")) {
                    area = line.substring(3);
                } else if (line.startsWith("| ") && line.endsWith("` |")) {
                    int between = line.indexOf(" | `");
                    String broken = line.substring(2, between);
                    lines.put(area + ": " + broken, line.substring(between + 4, line.length() - 3));
                }
            }
            return new BadInputPage(text, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the page says that the command says, as it says it. */
    String line(BadInput bad) {
        return lines.getOrDefault(bad.area() + ": " + cell(bad.broken()), "(the page has no such row)")
                .replace("\\|", "|");
    }

    static String text(List<BadInput> all, Function<BadInput, String> line) {
        StringBuilder text = new StringBuilder(HEAD);
        String area = "";
        for (BadInput bad : all) {
            if (!bad.area().equals(area)) {
                area = bad.area();
                text.append("\n## ").append(area).append("\n| what is wrong | what is said |\n|---|---|\n");
            }
            text.append("| ")
                    .append(cell(bad.broken()))
                    .append(" | `")
                    .append(cell(line.apply(bad)))
                    .append("` |\n");
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
