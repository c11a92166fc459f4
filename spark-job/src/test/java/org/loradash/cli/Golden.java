package org.loradash.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.loradash.Fixtures;
import org.loradash.adapter.Method;

/** A fixture as the scripts of src-test-data/golden make it: settings, and what training with them must give. */
record Golden(Path directory) {

    /** One that is kept in src-test-data/golden. */
    static Golden named(String name) {
        return new Golden(Fixtures.path("golden/" + name));
    }

    /** Where its model and data are: it may share those of another fixture beside it. */
    Path inputs() {
        JsonNode fixture = settings().path("fixture");
        return fixture.isTextual() ? directory.resolveSibling(fixture.asText()) : directory;
    }

    /** The file of what is trained. */
    Path weights() {
        return inputs().resolve(
                        isPipeline() ? "model/unet/diffusion_pytorch_model.safetensors" : "model/model.safetensors");
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
        return method().equals("lora-dash") || settings().path("dash").asBoolean(false);
    }

    String method() {
        return settings().get("method").asText();
    }

    /** Whether it is an encoder with a head that classifies or gives a number. */
    boolean isEncoder() {
        return settings().has("regression");
    }

    /** Whether it is a pipeline's U-Net that learns of latents. */
    boolean isPipeline() {
        return settings().has("latent");
    }

    /** What a loss is a mean over, as metrics name it. */
    String weight() {
        return isEncoder() || isPipeline() ? "examples" : "labelled_tokens";
    }

    /** What is computed on, as metrics name it. */
    String size() {
        return isPipeline() ? "places" : "tokens";
    }

    /** Its records, in its inputs' directory. */
    String data() {
        return isPipeline() ? "data.safetensors" : "data.jsonl";
    }

    /** Whether it trains LoRA's factors, which start from the fixture's. */
    boolean isLora() {
        return Method.named(method()).ownStart().isEmpty();
    }

    /** The fixture's settings as a configuration that reads the fixture's files and starts where it does. */
    String configuration(String output) {
        String text = configuration(output, inputs().toString());
        return isLora() ? text + "adapter.start-from = \"%s/initial\"\n".formatted(directory()) : text;
    }

    /** @param files a directory like that of the fixture's inputs, any Hadoop URI */
    String configuration(String output, String files) {
        JsonNode given = settings();
        return task()
                + """
                run.output = "%s"
                model.path = "%s/model"
                data { train = "%s/%s", format = %s, shuffle = false }
                adapter {
                  method = %s, rank = %d, alpha = %s, targets = "%s"
                }
                dash { on = %s, directions = %d, choose = %s, pre-launch-steps = %d }
                training {
                  workers = %d, local-steps = %d, batch-size = %d, steps = %d, averaging = %s
                  learning-rate = %s, schedule = %s, warmup-steps = %d, weight-decay = %s, gradient-clipping = %s
                  epsilon = %s, seed = %d
                }
                """
                        .formatted(
                                output,
                                files,
                                files,
                                data(),
                                isPipeline() ? "latents" : "tokens",
                                method(),
                                given.get("rank").asInt(),
                                given.get("alpha").asText(),
                                given.get("targets").asText(),
                                hasBoundary(),
                                given.get("directions").asInt(),
                                given.path("choose").asText("tsd"),
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
                                given.path("clip").asDouble(0),
                                expected().get("adam").get("epsilon").asText(),
                                given.get("seed").asLong())
                + TrainCommandLine.SPARK;
    }

    private String task() {
        if (isPipeline()) {
            return "task.kind = denoising\n";
        }
        if (!isEncoder()) {
            return "";
        }
        return settings().get("regression").asBoolean()
                ? "task.kind = regression\n"
                : "task { kind = classification, labels = %d }\n"
                        .formatted(settings().get("labels").asInt());
    }
}
