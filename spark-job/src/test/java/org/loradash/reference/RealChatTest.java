package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.SettingsReader;
import org.loradash.spark.training.TrainingJob;

/** Training of SmolLM2-135M on conversations made of ARC-Easy: two questions and answers each. */
class RealChatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What transformers computes in float32 for sixteen conversations, answers labelled. */
    private static final double FIRST_LOSS = 1.231303;

    private static final int LABELLED = 256;

    @TempDir
    Path directory;

    @Test
    void startsAtTheLossOfTransformers() throws IOException {
        Path model = RealModelTest.given("LORADASH_SMOLLM2");
        JsonNode records =
                JSON.readTree(RealModelTest.given("LORADASH_ARC_EASY").toFile());
        ArrayNode conversations = JSON.createArrayNode();
        for (int i = 0; i < 32; i += 2) {
            ArrayNode messages = conversations.addObject().putArray("messages");
            ask(messages, records.get(i));
            ask(messages, records.get(i + 1));
        }
        JSON.writeValue(directory.resolve("chat.json").toFile(), conversations);
        Files.writeString(
                directory.resolve("chat.conf"),
                """
                run.output = "%1$s/run"
                model.path = "%2$s"
                data { train = "%1$s/chat.json", format = chat, cutoff = 512, shuffle = false }
                adapter { method = lora, rank = 8, alpha = 16 }
                dash.on = false
                training { workers = 1, local-steps = 1, batch-size = 16, steps = 1 }
                """
                        .formatted(directory, model));
        TrainingJob.run(new SettingsReader(new Configuration())
                .read(
                        directory.resolve("chat.conf").toString(),
                        List.of("spark.master=local[2]", "spark.ui.enabled=false")));
        JsonNode step = JSON.readTree(
                Files.readAllLines(directory.resolve("run/metrics.jsonl")).get(0));
        assertThat(step.get("labelled_tokens").intValue()).isEqualTo(LABELLED);
        assertThat(step.get("loss").doubleValue()).isCloseTo(FIRST_LOSS, within(2e-3));
    }

    private static void ask(ArrayNode messages, JsonNode record) {
        turn(messages, "user", record.get("instruction"));
        turn(messages, "assistant", record.get("output"));
    }

    private static void turn(ArrayNode messages, String role, JsonNode content) {
        ObjectNode turn = messages.addObject();
        turn.put("role", role);
        turn.set("content", content);
    }
}
