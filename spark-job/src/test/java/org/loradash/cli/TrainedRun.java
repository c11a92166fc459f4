package org.loradash.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.loradash.Fixtures;
import org.loradash.tsd.io.SafetensorsFile;

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

    byte[] adapterBytes() throws IOException {
        return Files.readAllBytes(directory.resolve("adapter/adapter_model.safetensors"));
    }

    SafetensorsFile adapter() {
        return open(directory.resolve("adapter/adapter_model.safetensors"));
    }

    SafetensorsFile boundary() {
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

    static SafetensorsFile open(Path file) {
        return SafetensorsFile.open(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(file.toUri()));
    }
}
