package org.loradash.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.io.Sha256;

/**
 * A run of a tiny model with what could make bits differ: shuffled records, dropout, four logical workers, a round that
 * the boundary cuts short.
 *
 * @param work what the model learns
 * @param hadoop how its files are reached
 * @param inputs a directory with {@code model}, {@code train.json}, {@code encoder}, {@code texts.jsonl} and {@code train.parquet}
 * @param output the run's directory
 * @param steps of each worker
 */
record SmallRun(Work work, Configuration hadoop, String inputs, String output, int steps) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Steps of the shortest run; the boundary is after the fifth. */
    static final int STEPS = 12;

    /** What must not depend on where a run was computed. */
    record Bits(String adapter, String boundary, List<String> losses) {}

    /** What the model learns. */
    enum Work {
        NEXT_TOKENS(
                """
                model.path = "%s/model"
                data { train = "%s/train.json", cutoff = 96, shuffle = true }
                """),
        /** The same records by Spark, in many parts. */
        NEXT_TOKENS_OF_A_TABLE(
                """
                model.path = "%s/model"
                data { train = "%s/train.parquet", cutoff = 96, shuffle = true }
                spark { sql.files.maxPartitionBytes = 5000b }
                """),
        CLASSES(
                """
                model.path = "%s/encoder"
                task { kind = classification, labels = 3, dropout = 0.2 }
                data { train = "%s/texts.jsonl", format = tokens, shuffle = true }
                validation { hold-out = 8, every-rounds = 2, figure = accuracy }
                """);

        private final String settings;

        Work(String settings) {
            this.settings = settings;
        }
    }

    /** A run that learns next tokens. */
    SmallRun(Configuration hadoop, String inputs, String output, int steps) {
        this(Work.NEXT_TOKENS, hadoop, inputs, output, steps);
    }

    /** Its configuration file. */
    String configuration() {
        return work.settings.formatted(inputs, inputs)
                + """
                run.output = "%s"
                adapter { method = lora-dash, rank = 4, alpha = 8, dropout = 0.1 }
                dash { pre-launch-steps = 5, directions = 4, cache = "%s-decompositions" }
                checkpoint { every-rounds = 1, keep = 3 }
                training { workers = 4, local-steps = 2, batch-size = 2, steps = %d, learning-rate = 2e-3, seed = 7 }
                """
                        .formatted(output, output, steps);
    }

    /** How many rounds are done. */
    int rounds() {
        return events("round").size();
    }

    boolean isFinished() {
        return exists("_SUCCESS");
    }

    Bits bits() {
        return new Bits(
                sha256("adapter/adapter_model.safetensors"),
                sha256("tsd/boundary.safetensors"),
                events("step").stream().map(JsonNode::toString).toList());
    }

    /** The text of one of its files. */
    String text(String name) {
        try (InputStream in = files().open(file(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of a kind, but for a last line that is being written. */
    List<JsonNode> events(String kind) {
        List<JsonNode> events = new ArrayList<>();
        if (!exists("metrics.jsonl")) {
            return events;
        }
        String text = text("metrics.jsonl");
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
            try {
                JsonNode event = JSON.readTree(line);
                if (event.path("event").asText().equals(kind)) {
                    events.add(event);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(line, e);
            }
        }
        return events;
    }

    private String sha256(String name) {
        try {
            return Sha256.of(files(), file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean exists(String name) {
        try {
            return files().exists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String name) {
        return new Path(output, name);
    }

    private FileSystem files() throws IOException {
        return new Path(output).getFileSystem(hadoop);
    }
}
