package org.loradash.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.Architecture;
import org.loradash.model.TargetNames;
import org.loradash.tsd.InvalidInput;

/** What the configs of decoders other than LLaMA say; the oracles' runs hold their arithmetic. */
class DecoderConfigsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-bias",
                "mistral",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3",
                "phi3",
                "phi3-longrope",
                "granite",
                "olmo2",
                "smollm3",
                "yarn",
                "dynamic"
            })
    void bothFormatsOfAConfigAreOneModel(String fixture) {
        assertThat(decoder(Fixtures.json(Fixtures.path("golden/" + fixture + "/model-other-config/config.json"))))
                .isEqualTo(decoder(Fixtures.json(Fixtures.path("golden/" + fixture + "/model/config.json"))));
    }

    /** The defaults of transformers' classes. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "mistral, 8, 4, 1e-6, 10000, false, 131072",
        "qwen2, 32, 4, 1e-6, 10000, false, 32768",
        "qwen3, 32, 128, 1e-6, 10000, false, 32768",
        "gemma2, 4, 256, 1e-6, 10000, true, 8192",
        "gemma3_text, 4, 256, 1e-6, 10000, true, 131072",
        "phi3, 64, 4, 1e-5, 10000, false, 4096",
        "granite, 64, 4, 1e-6, 10000, false, 2048",
        "olmo2, 64, 4, 1e-5, 10000, false, 2048",
        "smollm3, 4, 4, 1e-6, 2000000, true, 32768"
    })
    void whatIsAbsentHasTheDefaultOfItsClass(
            String type, int keyHeads, int headWidth, float epsilon, double theta, boolean tied, int positions) {
        DecoderConfig config = parse(type, "{}");
        assertThat(config.keyHeads()).isEqualTo(keyHeads);
        assertThat(config.headWidth()).isEqualTo(headWidth);
        assertThat(config.norms().epsilon()).isEqualTo(epsilon);
        assertThat(config.layers().get(0).rotation().orElseThrow().theta()).isEqualTo(theta);
        assertThat(config.tiedEmbeddings()).isEqualTo(tied);
        assertThat(config.maximumPositions()).isEqualTo(positions);
    }

    @Test
    void absentAndNullDiffer() {
        assertThat(windows(parse("mistral", "{}"))).containsOnly(OptionalInt.of(4096));
        assertThat(windows(parse("mistral", "{\"sliding_window\": null}"))).containsOnly(OptionalInt.empty());
        assertThat(windows(parse("phi3", "{}"))).containsOnly(OptionalInt.empty());
        assertThat(parse("qwen3", "{\"num_key_value_heads\": null}").keyHeads()).isEqualTo(64);
        DecoderConfig gemma = parse("gemma2", "{}");
        assertThat(gemma.logitCap()).isEqualTo(30);
        assertThat(gemma.layers().get(0).heads().cap()).isEqualTo(OptionalDouble.of(50));
        DecoderConfig uncapped =
                parse("gemma2", "{\"final_logit_softcapping\": null, \"attn_logit_softcapping\": null}");
        assertThat(uncapped.logitCap()).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(uncapped.layers().get(0).heads().cap()).isEmpty();
    }

    @Test
    void gemmaScalesByAScalarOfItsOwnAndReadsAnActivationOfItsOwn() {
        DecoderConfig config = parse("gemma2", "{\"hidden_act\": \"silu\"}");
        assertThat(config.activation()).isEqualTo(Activation.GELU_TANH);
        assertThat(config.layers().get(0).heads().scale()).isEqualTo(1 / 16f);
        assertThat(config.multipliers().embedding()).isCloseTo((float) Math.sqrt(256), within(1e-6f));
    }

    @Test
    void windowsAreWhereTheConfigSaysTheyAre() {
        OptionalInt none = OptionalInt.empty();
        OptionalInt default4096 = OptionalInt.of(4096);
        assertThat(windows(parse("gemma2", "{}"))).containsExactly(default4096, none, default4096, none);
        assertThat(windows(parse("gemma3_text", "{}"))).containsOnly(default4096);
        assertThat(windows(parse("gemma3_text", "{\"sliding_window_pattern\": 2}")))
                .containsExactly(default4096, none, default4096, none);
        String chosen =
                ", \"layer_types\": [\"full_attention\", \"sliding_attention\", \"full_attention\", \"full_attention\"]}";
        assertThat(windows(parse("gemma2", "{\"sliding_window\": 7" + chosen)))
                .containsExactly(none, OptionalInt.of(7), none, none);
        assertThat(windows(parse("qwen2", "{\"sliding_window\": 7, \"max_window_layers\": 1}")))
                .containsOnly(none);
        assertThat(windows(parse(
                        "qwen2", "{\"use_sliding_window\": true, \"sliding_window\": 7, \"max_window_layers\": 2}")))
                .containsExactly(none, none, OptionalInt.of(7), OptionalInt.of(7));
        assertThat(windows(parse("qwen3", "{\"use_sliding_window\": true, \"sliding_window\": 7" + chosen)))
                .containsExactly(none, OptionalInt.of(7), none, none);
        assertThat(windows(parse("smollm3", "{\"use_sliding_window\": true, \"sliding_window\": 7}")))
                .containsExactly(none, none, none, OptionalInt.of(7));
    }

    @Test
    void smolLm3TurnsAllButEachFourthLayerOrThoseThatAListSays() {
        assertThat(parse("smollm3", "{}").layers().stream()
                        .map(layer -> layer.rotation().isPresent()))
                .containsExactly(true, true, true, false);
        assertThat(parse("smollm3", "{\"no_rope_layers\": [0, 1, 1, 0]}").layers().stream()
                        .map(layer -> layer.rotation().isPresent()))
                .containsExactly(false, true, true, false);
    }

    @Test
    void phiTurnsAPartOfEachHeadAndHasFusedLayers() {
        DecoderConfig config = parse("phi3", "{\"partial_rotary_factor\": 0.5}");
        assertThat(config.layers().get(0).rotation().orElseThrow().width()).isEqualTo(2);
        assertThat(TargetNames.select(List.of("qkv_proj", "gate_up_proj"), new DecoderShape("any", config).targets()))
                .hasSize(8)
                .allSatisfy(target -> assertThat(target.outputs()).isIn(3 * 256, 2 * 72));
    }

    /** Expected: transformers 5.24's yarn with these parameters. */
    @Test
    void yarnAndLongRopeStretchCosinesToo() {
        Rotation yarn = parse("qwen2", "{\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4.0}}")
                .layers()
                .get(0)
                .rotation()
                .orElseThrow();
        assertThat(yarn.scaling().stretch()).isCloseTo(0.1 * Math.log(4) + 1, within(1e-12));
        Rotation longRope = parse(
                        "phi3",
                        "{\"max_position_embeddings\": 131072, \"rope_scaling\": {\"type\": \"su\","
                                + " \"short_factor\": [1, 2], \"long_factor\": [4, 8]}}")
                .layers()
                .get(0)
                .rotation()
                .orElseThrow();
        assertThat(longRope.scaling().stretch()).isCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), within(1e-12));
        assertThat(longRope.frequencies(4096)).containsExactly(1, Math.pow(1e4, -0.5) / 2);
        assertThat(longRope.frequencies(4097)).containsExactly(0.25, Math.pow(1e4, -0.5) / 8);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
            mistral | {"attention_bias": true} | attention_bias: true (must be absent: it is not computed)
            mistral | {"num_key_value_heads": null} | num_key_value_heads: null (must be absent or given)
            mistral | {"layer_types": ["full_attention"]} | layer_types: ["full_attention"] (must be sliding_attention for every layer)
            mistral | {"sliding_window": 0} | sliding_window: 0 (must be a whole number from 1 to 16777216)
            mistral | {"partial_rotary_factor": 0.5} | partial_rotary_factor: not 1 (only 1 is supported)
            qwen2 | {"head_dim": null} | head_dim: null (must be absent or given)
            qwen2 | {"layer_types": ["sliding_attention", "full_attention", "full_attention", "full_attention"]} | layer_types: ["sliding_attention","full_attention","full_attention","full_attention"] (must be full_attention for every layer, where no window is in use)
            qwen3 | {"layer_types": ["full_attention"]} | layer_types: ["full_attention"] (must be a list of one for each of 4 layers)
            qwen3 | {"mlp_bias": true} | mlp_bias: true (must be absent: it is not computed)
            qwen3 | {"num_experts": 8} | num_experts: 8 (must be absent: it is not computed)
            gemma2 | {"sliding_window": null} | sliding_window: null (must be a number of tokens, for the layers that have a window)
            gemma2 | {"use_bidirectional_attention": true} | use_bidirectional_attention: true (must be absent: it is not computed)
            gemma2 | {"final_logit_softcapping": 0} | final_logit_softcapping: 0 (must be greater than 0)
            gemma2 | {"query_pre_attn_scalar": null} | query_pre_attn_scalar: null (must be a number)
            gemma2 | {"tie_word_embeddings": null} | tie_word_embeddings: null (must be absent or given)
            gemma3_text | {"attn_logit_softcapping": 50} | attn_logit_softcapping: 50 (must be absent: it is not computed)
            gemma3_text | {"rope_parameters": {"rope_theta": 1e4}} | rope_parameters: rope_theta: 10000.0 (must be of full_attention or of sliding_attention)
            gemma3_text | {"rope_scaling": {"type": "linear", "factor": 8}} | factor: 8 (must be absent for rope_type default)
            phi3 | {"rope_scaling": {"type": "linear", "factor": 8}} | rope_type: linear (must be default or longrope)
            phi3 | {"partial_rotary_factor": 0} | partial_rotary_factor: 0.0 (must be above 0 and at most 1)
            phi3 | {"resid_pdrop": 0.1} | resid_pdrop: 0.1 (only 0 is supported)
            phi3 | {"mlp_bias": true} | mlp_bias: true (must be absent: it is not computed)
            granite | {"logits_scaling": 0} | logits_scaling: 0 (must be greater than 0)
            granite | {"residual_multiplier": null} | residual_multiplier: null (must be a number)
            olmo2 | {"sliding_window": 4096} | sliding_window: 4096 (must be absent: it is not computed)
            olmo2 | {"clip_qkv": 8.0} | clip_qkv: 8.0 (must be absent: it is not computed)
            smollm3 | {"no_rope_layers": [1, 0]} | no_rope_layers: [1,0] (must be a list of 0 or 1 for each of 4 layers)
            smollm3 | {"no_rope_layer_interval": 0} | no_rope_layer_interval: 0 (must be a whole number from 1 to 16777216)
            smollm3 | {"model_type": "llama4"} | model_type: "llama4" (must be smollm3, as architectures says)
            """)
    void refusesByName(String type, String change, String message) {
        assertThatThrownBy(() -> parse(type, change))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("config.json: " + message);
    }

    private static List<OptionalInt> windows(DecoderConfig config) {
        return config.layers().stream().map(layer -> layer.heads().window()).toList();
    }

    private static DecoderConfig parse(String type, String change) {
        try {
            ObjectNode config = (ObjectNode)
                    JSON.readTree(
                            """
                            {"hidden_size": 256, "intermediate_size": 72, "num_attention_heads": 64,
                             "num_hidden_layers": 4, "vocab_size": 150}""");
            Architecture architecture = ServiceLoader.load(Architecture.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(any -> any.reads(config.put("model_type", type)))
                    .findFirst()
                    .orElseThrow();
            config.setAll((ObjectNode) JSON.readTree(change));
            return DecoderShape.of(architecture.shape(config, "config.json")).config();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static DecoderConfig decoder(JsonNode config) {
        Architecture architecture = ServiceLoader.load(Architecture.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(any -> any.reads(config))
                .findFirst()
                .orElseThrow();
        return DecoderShape.of(architecture.shape(config, "config.json")).config();
    }
}
