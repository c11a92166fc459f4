package org.loradash.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.loradash.Fixtures;

/** A fixture of src-test-data/golden: settings, and what training with them must give. */
record Golden(String name) {

    Path directory() {
        return Fixtures.path("golden/" + name);
    }

    JsonNode expected() {
        return Fixtures.json(directory().resolve("expected.json"));
    }

    JsonNode settings() {
        return expected().get("settings");
    }

    int workers() {
        return settings().get("workers").asInt();
    }

    int localSteps() {
        return settings().get("local_steps").asInt();
    }

    int steps() {
        return settings().get("rounds").asInt() * localSteps();
    }

    boolean hasBoundary() {
        return settings().get("method").asText().equals("lora-dash");
    }

    /** The fixture's settings as a configuration that reads the fixture's files. */
    String configuration(String output) {
        return configuration(output, directory().toString());
    }

    /** @param files a directory like the fixture's, any Hadoop URI */
    String configuration(String output, String files) {
        JsonNode given = settings();
        return """
                run.output = "%s"
                model.path = "%s/model"
                data { train = "%s/data.jsonl", format = tokens, shuffle = false }
                adapter {
                  method = %s, rank = %d, alpha = %s, targets = "%s", start-from = "%s/initial"
                }
                dash { directions = %d, pre-launch-steps = %d }
                training {
                  workers = %d, local-steps = %d, batch-size = %d, steps = %d, averaging = %s
                  learning-rate = %s, schedule = %s, warmup-steps = %d, weight-decay = %s, gradient-clipping = %s
                }
                """
                        .formatted(
                                output,
                                files,
                                files,
                                given.get("method").asText(),
                                given.get("rank").asInt(),
                                given.get("alpha").asText(),
                                given.get("targets").asText(),
                                files,
                                given.get("directions").asInt(),
                                given.get("warmup_rounds").asInt() * localSteps(),
                                workers(),
                                localSteps(),
                                given.get("batch").asInt(),
                                steps(),
                                given.path("averaging").asText("parameters"),
                                given.get("lr").asText(),
                                given.path("schedule").asText("linear"),
                                given.get("lr_warmup_steps").asInt(),
                                given.get("weight_decay").asText(),
                                given.path("clip").asDouble(0))
                + TrainCommandLine.SPARK;
    }
}
