package org.loradash.tsd.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

/** An encoder as it lies on the hub: without a head, and with what it was pre-trained with. */
class BaseModelTest {
    private static final Configuration HADOOP = new Configuration();
    private static final String QUERY = "bert.encoder.layer.1.attention.self.query";

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        write(
                "model.safetensors",
                NamedTensor.of("embeddings.word_embeddings.weight", new float[6], 3, 2),
                NamedTensor.of("encoder.layer.1.attention.self.query.weight", new float[] {1, 2, 3, 4}, 2, 2),
                NamedTensor.of("encoder.layer.1.attention.output.dense.weight", new float[4], 2, 2),
                NamedTensor.of("encoder.layer.1.output.dense.weight", new float[4], 2, 2),
                NamedTensor.of("encoder.layer.1.output.LayerNorm.gamma", new float[2], 2),
                NamedTensor.of("pooler.dense.weight", new float[4], 2, 2),
                NamedTensor.of("cls.predictions.transform.dense.weight", new float[4], 2, 2));
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"bert\"}");
    }

    @Test
    void targetsAreThoseOfBlocksWhereNoneIsChosen() {
        try (BaseModel base = open()) {
            assertThat(base.targets(List.of()))
                    .extracting(target -> target.name().kind())
                    .containsExactly("query", "attention.output.dense", "output.dense");
            assertThat(base.targets(List.of("pooler.dense")))
                    .extracting(Target::toString)
                    .containsExactly("bert.pooler.dense [2, 2]");
        }
    }

    @Test
    void anAdapterOfTheEncoderBelowAHeadFits() throws IOException {
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"query\"]}");
        write(
                "adapter_model.safetensors",
                NamedTensor.of("base_model.model." + QUERY + ".lora_A.weight", new float[2], 1, 2),
                NamedTensor.of("base_model.model." + QUERY + ".lora_B.weight", new float[2], 2, 1));
        try (BaseModel base = open();
                PeftLora adapter = PeftLora.open(directory.toString(), HADOOP)) {
            Target query = base.targets(List.of("query")).get(0);
            adapter.check(base, List.of(query));
            assertThat(adapter.changes(query)).isTrue();
            assertThat(base.weight(query)).containsExactly(1, 2, 3, 4);
        }
    }

    private BaseModel open() {
        return BaseModel.open("base", directory.toString(), HADOOP);
    }

    private void write(String name, NamedTensor... tensors) throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
            SafetensorsWriter.write(out, Map.of(), List.of(tensors));
        }
    }
}
