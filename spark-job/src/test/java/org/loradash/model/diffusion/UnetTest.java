package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ConfigJson;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.TensorFile;

class UnetTest {
    private static final Kernels KERNELS = KernelProvider.best().open(1);
    private static final Arena ARENA = new Arena();
    private static final JsonNode EXPECTED = Fixtures.json(Fixtures.path("golden/sdxl-tiny/expected.json"));

    @Test
    void hasTheLossOfTheOracleWithoutAndWithAnAdapter() throws IOException {
        try (ModelDirectory model = model()) {
            assertThat(loss(model, Changes.none(), 0))
                    .isCloseTo(EXPECTED.at("/losses/0/0/0").asDouble(), withPercentage(1e-4));
            String adapter = PipelineParts.SMALL.path("boundary").toString();
            int boundary = EXPECTED.at("/settings/warmup_rounds").asInt();
            assertThat(loss(model, PeftAdapter.changes(new Configuration(), model, adapter), boundary))
                    .isCloseTo(EXPECTED.at("/losses/" + boundary + "/0/0").asDouble(), withPercentage(1e-4));
        }
    }

    /** The squared error of the first batch of a round's first worker. */
    private static double loss(ModelDirectory model, Changes changes, int round) {
        JsonNode settings = EXPECTED.path("settings");
        int batch = settings.path("batch").asInt();
        int first = round
                * settings.path("workers").asInt()
                * settings.path("local_steps").asInt()
                * batch;
        NoiseSchedule schedule = PipelineParts.SMALL.pipeline().noiseSchedule();
        Unet unet = (Unet) model.load(Storage.FLOAT32);
        double sum = 0;
        int count = 0;
        try (TensorFile data = TensorFile.open(Fixtures.localFiles(), PipelineParts.SMALL.path("data.safetensors"))) {
            for (int i = first; i < first + batch; i++) {
                float[] latents = record(data, "latents", i);
                float[] noise = record(data, "noise", i);
                float[] noised = new float[latents.length];
                int step = Math.toIntExact(data.readLongs("timesteps")[i]);
                schedule.addNoise(latents, noise, step, noised, 0, noised.length);
                float[] predicted = unet.predict(
                        KERNELS,
                        ARENA,
                        noised,
                        8,
                        8,
                        step,
                        new PromptEncoder.Prompt(77, record(data, "prompt_embeds", i), record(data, "pooled", i)),
                        record(data, "time_ids", i),
                        changes);
                for (int j = 0; j < noise.length; j++) {
                    sum += Math.pow((double) predicted[j] - noise[j], 2);
                    count++;
                }
            }
        }
        return sum / count;
    }

    private static float[] record(TensorFile data, String name, int index) {
        float[] all = data.readFloats(name);
        int size = all.length / Math.toIntExact(data.tensor(name).shape()[0]);
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    @Test
    void everyLinearLayerIsATargetAndThoseOfTheAttentionTheUsualOnes() throws IOException {
        try (ModelDirectory model = model()) {
            assertThat(model.targets())
                    .extracting(Target::name)
                    .contains(
                            "time_embedding.linear_1",
                            "down_blocks.1.resnets.0.time_emb_proj",
                            "down_blocks.1.attentions.0.proj_in",
                            "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k",
                            "mid_block.attentions.0.transformer_blocks.1.ff.net.0.proj",
                            "up_blocks.0.attentions.2.transformer_blocks.0.ff.net.2")
                    .doesNotHaveDuplicates();
            assertThat(model.targets())
                    .extracting(Target::layer)
                    .as("blocks are counted in their order")
                    .isSorted();
            assertThat(model.shape().usualTargets()).containsExactly("to_q", "to_k", "to_v", "to_out.0");
        }
    }

    @Test
    void takesAsMuchMemoryWithoutItsWeightsAsWithThem() throws IOException {
        try (ModelDirectory model = model()) {
            assertThat(model.shape().withoutMemory(Storage.BFLOAT16).bytes())
                    .isEqualTo(model.load(Storage.BFLOAT16).bytes())
                    .isLessThan(model.load(Storage.FLOAT32).bytes());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"use_linear_projection\": false|use_linear_projection: false (must be true: others are not computed)",
                "\"addition_embed_type\": null|addition_embed_type: null (must be text_time: others are not computed)",
                "\"class_embed_type\": \"timestep\"|class_embed_type: \"timestep\" (must be absent: it is not computed)",
                "\"time_cond_proj_dim\": 256|time_cond_proj_dim: 256 (must be absent: it is not computed)",
                "\"mid_block_type\": \"UNetMidBlock2D\"|mid_block_type: \"UNetMidBlock2D\" (must be UNetMidBlock2DCrossAttn: others"
                        + " are not computed)",
                "\"down_block_types\": [\"DownBlock2D\",\"AttnDownBlock2D\",\"DownBlock2D\"]|down_block_types:"
                        + " [\"DownBlock2D\",\"AttnDownBlock2D\",\"DownBlock2D\"] (must be of DownBlock2D and CrossAttnDownBlock2D:"
                        + " others are not computed)",
                "\"up_block_types\": [\"UpBlock2D\",\"UpBlock2D\",\"UpBlock2D\"]|up_block_types:"
                        + " [\"UpBlock2D\",\"UpBlock2D\",\"UpBlock2D\"] (must be those of down_block_types in reverse)",
                "\"block_out_channels\": [8,16]|attention_head_dim: [2,4,3] (must be 2 numbers, or one)",
                "\"attention_head_dim\": 5|block_out_channels: [8,16,24] (must be multiples of norm_num_groups and of"
                        + " attention_head_dim)",
                "\"out_channels\": 3|out_channels: 3 (must be in_channels, 4)",
                "\"projection_class_embeddings_input_dim\": 40|projection_class_embeddings_input_dim: 40 (must be more than 6 times"
                        + " addition_time_embed_dim, an even number)",
                "\"layers_per_block\": 65|layers_per_block: 65 (must be at most 64)",
                "\"transformer_layers_per_block\": 65|transformer_layers_per_block: 65 (must be whole numbers from 1 to 64)",
                "\"resnet_out_scale_factor\": 2|resnet_out_scale_factor: 2 (must be 1: others are not computed)"
            })
    void refusesWhatItDoesNotCompute(String entry, String message) {
        ObjectNode config = (ObjectNode) Fixtures.json(Fixtures.path("golden/sdxl-tiny/model/unet/config.json"));
        config.setAll((ObjectNode) Fixtures.parse("{" + entry + "}"));
        assertThatThrownBy(() -> UnetConfig.of(new ConfigJson(config, "config.json")))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("config.json: " + message);
    }

    /** There are more prompts than it keeps products of: those that it meets last it does not know. */
    @Test
    void predictsTheSameWhetherItKnowsAPromptOrNot() throws IOException {
        try (ModelDirectory model = model()) {
            Changes changes = PeftAdapter.changes(
                    new Configuration(),
                    model,
                    PipelineParts.SMALL.path("boundary").toString());
            List<float[]> firstToLast = predicted(model, changes, List.of(0, 1, 2, 3, 4, 5));
            List<float[]> lastToFirst = predicted(model, changes, List.of(5, 4, 3, 2, 1, 0));
            Collections.reverse(lastToFirst);
            for (int prompt = 0; prompt < firstToLast.size(); prompt++) {
                assertThat(firstToLast.get(prompt)).as("of prompt %d", prompt).isEqualTo(lastToFirst.get(prompt));
            }
            assertThat(firstToLast.get(0)).isNotEqualTo(firstToLast.get(5));
        }
    }

    /** Each prompt twice, by a U-Net that has met none. */
    private static List<float[]> predicted(ModelDirectory model, Changes changes, List<Integer> prompts) {
        Unet unet = (Unet) model.load(Storage.FLOAT32);
        List<float[]> predicted = new ArrayList<>();
        try (TensorFile data = TensorFile.open(Fixtures.localFiles(), PipelineParts.SMALL.path("data.safetensors"))) {
            for (int prompt : prompts) {
                float[] states = record(data, "prompt_embeds", 0);
                states[prompt] += 1;
                PromptEncoder.Prompt given = new PromptEncoder.Prompt(77, states, record(data, "pooled", 0));
                float[] latents = record(data, "latents", 0);
                float[] size = record(data, "time_ids", 0);
                float[] first = unet.predict(KERNELS, ARENA, latents, 8, 8, 10, given, size, changes);
                assertThat(unet.predict(KERNELS, ARENA, latents, 8, 8, 10, given, size, changes))
                        .isEqualTo(first);
                predicted.add(first);
            }
        }
        return predicted;
    }

    @Test
    void refusesAPromptOfAnotherPipeline() throws IOException {
        try (ModelDirectory model = model()) {
            Unet unet = (Unet) model.load(Storage.FLOAT32);
            assertThatThrownBy(() -> unet.predict(
                            KERNELS,
                            ARENA,
                            new float[4],
                            1,
                            1,
                            0,
                            new PromptEncoder.Prompt(1, new float[41], new float[20]),
                            new float[6],
                            Changes.none()))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith("model.path: unet: cross_attention_dim, ");
        }
    }

    private static ModelDirectory model() {
        return ModelDirectory.open(
                new Configuration(), PipelineParts.SMALL.path("model").toString());
    }
}
