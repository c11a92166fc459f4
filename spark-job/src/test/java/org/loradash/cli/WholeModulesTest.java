package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.adapter.ModuleChanges;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.task.language.TokenBatch;
import org.loradash.tsd.io.TensorFile;

/** A decoder's output layer and norms, trained whole beside LoRA-Dash, are in the adapter that a run leaves. */
class WholeModulesTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path temporary;

    /** One with an output layer of its own, and one whose output layer is the embedding until it is trained. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "tied"})
    void areExportedAsModulesToSaveAndComputeWhatWasTrained(String fixture) throws IOException {
        Golden golden = Golden.named(fixture);
        Path data = golden.inputs().resolve("data.jsonl");
        TrainedRun run = new TrainedRun(temporary.resolve("run"));
        TrainCommandLine.Ended ended = TrainCommandLine.train(
                temporary.resolve("run.conf"),
                golden.configuration(run.directory().toString()),
                "task.train=[lm_head, input_layernorm, model.norm]",
                "validation.data=" + data);
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();

        JsonNode saved = Fixtures.json(run.directory().resolve("adapter/adapter_config.json"))
                .get("modules_to_save");
        assertThat(saved).map(JsonNode::asText).contains("lm_head", "model.norm", "model.layers.0.input_layernorm");
        String model = golden.inputs().resolve("model").toString();
        try (ModelDirectory directory = ModelDirectory.open(HADOOP, model);
                TensorFile adapter = run.adapter();
                Kernels kernels = KernelProvider.best().open()) {
            float[] head = adapter.readFloats("base_model.model.lm_head.weight");
            assertThat(head)
                    .as("the output layer")
                    .isNotEqualTo(
                            directory.weights().readFloats(directory.shape().source("lm_head.weight")));
            List<JsonNode> measured = run.events("evaluation");
            double loss = measured.get(measured.size() - 1).get("loss").asDouble();
            TokenBatch batch = Fixtures.batch(data, 0, Files.readAllLines(data).size());
            ModuleChanges changes = PeftAdapter.changes(HADOOP, directory, run.directory() + "/adapter");
            Decoder base = (Decoder) directory.load(Storage.FLOAT32);
            assertThat(loss(kernels, base, batch, changes)).as("beside").isCloseTo(loss, within(1e-5));
            Decoder merged = (Decoder) directory.load(Storage.FLOAT32, changes.merge(kernels));
            assertThat(loss(kernels, merged, batch, Changes.none()))
                    .as("merged")
                    .isCloseTo(loss, within(1e-5));
            assertThat(loss(kernels, base, batch, Changes.none())).as("before").isGreaterThan(loss + 0.1);
        }
    }

    private static double loss(Kernels kernels, Decoder model, TokenBatch batch, Changes changes) {
        Tape tape = Tape.forward(kernels, new Arena());
        return model.loss(tape, batch.tokens(), batch.starts(), batch.targets(), changes, 1f) / batch.labelledTokens();
    }
}
