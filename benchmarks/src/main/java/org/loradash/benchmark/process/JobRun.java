package org.loradash.benchmark.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A run of the real job in a directory of its own, and the events that it left.
 *
 * @param events lines of metrics.jsonl
 */
public record JobRun(List<JsonNode> events) {
    private static final String METRICS = "metrics.jsonl";

    /** Runs deploy/local/lora-dash in Spark's local mode. */
    public static JobRun local(Path directory, Map<String, String> settings) {
        try {
            Path configuration = configure(directory, settings);
            List<String> command = List.of(
                    Launch.root().resolve("deploy/local/lora-dash").toString(), "train", configuration.toString());
            Launch.lastLine(command, System.err::println);
            return read(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a configuration whose run directory is a part of the given one. */
    public static Path configure(Path directory, Map<String, String> settings) throws IOException {
        Files.createDirectories(directory);
        Map<String, String> all = new TreeMap<>(settings);
        all.put("run.output", quoted(directory.resolve("run").toString()));
        Path configuration = directory.resolve("job.conf");
        Files.writeString(
                configuration,
                all.entrySet().stream()
                        .map(setting -> setting.getKey() + " = " + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
        return configuration;
    }

    /** A text as the configuration's syntax takes it. */
    public static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** What a finished run in a directory left. */
    public static JobRun read(Path directory) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("run").resolve(METRICS))) {
            events.add(Json.parse(line));
        }
        return new JobRun(List.copyOf(events));
    }

    public List<JsonNode> events(String kind) {
        return events.stream()
                .filter(event -> event.path("event").asText().equals(kind))
                .toList();
    }

    /** Rounds but the first, in which the model is read and Java warms up; the only one, where there is no other. */
    public List<JsonNode> laterRounds() {
        List<JsonNode> rounds = events("round");
        return rounds.size() > 1 ? rounds.subList(1, rounds.size()) : rounds;
    }
}
