package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs on records that begin alike: with what they share computed once, and for each of them. */
class SharedPrefixesRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIKE = 14;

    @TempDir
    private static Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"lora-dash", "pissa", "full"})
    void haveTheSameLossesWithinRounding(String method) throws IOException {
        TrainedRun shared = train(method, true);
        TrainedRun apart = train(method, false);
        List<JsonNode> steps = shared.events("step");
        List<JsonNode> others = apart.events("step");
        assertThat(steps).hasSize(60);
        assertThat(others).hasSize(60);
        for (int i = 0; i < steps.size(); i++) {
            JsonNode step = steps.get(i);
            JsonNode other = others.get(i);
            assertThat(step.get("loss").asDouble())
                    .as("loss of step %d", i)
                    .isCloseTo(other.get("loss").asDouble(), withinPercentage(0.01));
            assertThat(step.get("tokens")).isEqualTo(other.get("tokens"));
            assertThat(step.get("labelled_tokens")).isEqualTo(other.get("labelled_tokens"));
            assertThat(other.get("computed_tokens")).isEqualTo(other.get("tokens"));
            assertThat(step.get("computed_tokens").asInt())
                    .isLessThanOrEqualTo(step.get("tokens").asInt() - 4 * ALIKE);
        }
        JsonNode measured = shared.events("evaluation").get(0);
        assertThat(measured.get("loss").asDouble())
                .isCloseTo(apart.events("evaluation").get(0).get("loss").asDouble(), withinPercentage(0.01));
    }

    private static TrainedRun train(String method, boolean sharing) throws IOException {
        Golden golden = Golden.named("pissa");
        Path records = records(golden);
        String name = method + (sharing ? "-shared" : "-apart");
        String text = golden.configuration(temporary.resolve(name).toString())
                + """
                data { train = "%s", share-prefixes = %s, shuffle = true }
                adapter { method = %s }
                dash { pre-launch-steps = 20, cache = "%s" }
                validation { hold-out = 6, every-rounds = 15 }
                training {
                  workers = 1, local-steps = 4, batch-size = 5, steps = 60, learning-rate = 0.003, warmup-steps = 0
                  schedule = constant, slice-tokens = 200
                }
                """
                        .formatted(records, sharing, method, temporary.resolve("decompositions"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(temporary.resolve(name + ".conf"), text);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
        return new TrainedRun(temporary.resolve(name));
    }

    /** llama-tiny's records, each with the same tokens behind its first one. */
    private static Path records(Golden golden) throws IOException {
        Path records = temporary.resolve("records.jsonl");
        List<String> lines = new ArrayList<>();
        for (String line :
                Files.readAllLines(golden.inputs().resolve("data.jsonl")).subList(0, 40)) {
            ObjectNode record = (ObjectNode) JSON.readTree(line);
            for (String key : List.of("input_ids", "labels")) {
                ArrayNode longer = JSON.createArrayNode().add(record.get(key).get(0));
                for (int i = 0; i < ALIKE; i++) {
                    longer.add(3 + i);
                }
                for (int i = 1; i < record.get(key).size(); i++) {
                    longer.add(record.get(key).get(i));
                }
                record.set(key, longer);
            }
            lines.add(record.toString());
        }
        return Files.write(records, lines);
    }
}
