package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.loradash.Fixtures;
import org.loradash.tsd.io.TensorFile;

/** What a run has left in its directory, on the local file system. */
record TrainedRun(Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The events of a kind, in the order of metrics.jsonl. */
    List<JsonNode> events(String kind) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("metrics.jsonl"))) {
            JsonNode event = JSON.readTree(line);
            if (event.get("event").asText().equals(kind)) {
                events.add(event);
            }
        }
        return events;
    }

    /** Every step event as it stands, worker by worker and step by step. */
    List<String> steps() throws IOException {
        return events("step").stream().map(JsonNode::toString).toList();
    }

    /** All events as they stand, but for the time that they took. */
    List<String> facts() throws IOException {
        return Files.readAllLines(directory.resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceAll(",\"(\\w*seconds|\\w+_per_second)\":[^,}]*", ""))
                .toList();
    }

    /** Asserts that all is there that a whole run left, and the same but for times. */
    void checkLike(TrainedRun whole) throws IOException {
        assertThat(facts()).isEqualTo(whole.facts());
        assertThat(adapterBytes()).isEqualTo(whole.adapterBytes());
        assertThat(directory.resolve("tsd/boundary.safetensors"))
                .hasSameBinaryContentAs(whole.directory().resolve("tsd/boundary.safetensors"));
        assertThat(names()).as("no file more, none less").isEqualTo(whole.names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    byte[] adapterBytes() throws IOException {
        return Files.readAllBytes(directory.resolve("adapter/adapter_model.safetensors"));
    }

    TensorFile adapter() {
        return open(directory.resolve("adapter/adapter_model.safetensors"));
    }

    TensorFile boundary() {
        return open(directory.resolve("tsd/boundary.safetensors"));
    }

    /** Files of checkpoints, oldest first. */
    List<Path> checkpoints() throws IOException {
        if (!Files.exists(directory.resolve("checkpoints"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("step-"))
                    .sorted()
                    .toList();
        }
    }

    /** A copy as this run would be had it stopped with so many checkpoints, one a round, its metrics a round further. */
    TrainedRun stoppedCopy(Path to, int kept) throws IOException {
        copy(directory, to);
        TrainedRun stopped = new TrainedRun(to);
        Files.delete(to.resolve("_SUCCESS"));
        Files.delete(to.resolve("report.html"));
        Files.deleteIfExists(to.resolve("adapter/adapter_model.safetensors"));
        Files.deleteIfExists(to.resolve("model/model.safetensors"));
        List<Path> all = stopped.checkpoints();
        for (Path later : all.subList(kept, all.size())) {
            Files.delete(later);
        }
        List<JsonNode> boundary = events("boundary");
        if (!boundary.isEmpty() && boundary.get(0).get("round").asInt() >= kept) {
            Files.delete(to.resolve("tsd/boundary.safetensors"));
        }
        Path metrics = to.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(metrics).stream()
                .filter(line -> Integer.parseInt(line.replaceAll(".*\"round\":(\\d+).*", "$1")) <= kept)
                .toList();
        Files.write(metrics, lines);
        return stopped;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    static TensorFile open(Path file) {
        return TensorFile.open(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(file.toUri()));
    }
}
