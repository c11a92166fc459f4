package org.loradash.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.autograd.Attention;
import org.loradash.kernel.operation.Activation;
import org.loradash.tsd.InvalidInput;

class LlamaConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LLAMA3_SCALING =
            """
            {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
             "original_max_position_embeddings": 8192""";

    @Test
    void whatAConfigLeavesOutHasTransformersDefaults() {
        assertThat(parse("{}")).isEqualTo(llama(Attention.Heads.plain(4, 4, 8), 8, 1e-6f, 10000, 2048, false));
    }

    @Test
    void readsWhatIsGiven() {
        DecoderConfig config = parse(
                """
                {"num_key_value_heads": 2, "head_dim": 12, "rms_norm_eps": 1e-5, "rope_theta": 500000.0,
                 "max_position_embeddings": 131072, "tie_word_embeddings": true}""");
        assertThat(config).isEqualTo(llama(Attention.Heads.plain(4, 2, 12), 12, 1e-5f, 500000, 131072, true));
    }

    private static DecoderConfig llama(
            Attention.Heads heads, int headWidth, float epsilon, double theta, int positions, boolean tied) {
        Rotation rotation = new Rotation(theta, headWidth, new RotaryScaling.None());
        return new DecoderConfig(
                new DecoderConfig.Sizes(150, 32, 72, positions),
                headWidth,
                Collections.nCopies(2, new DecoderConfig.Layer(heads, Optional.of(rotation))),
                DecoderConfig.Norms.before(epsilon),
                DecoderConfig.Biases.NONE,
                DecoderConfig.Projections.SEPARATE,
                Activation.SILU,
                DecoderConfig.Multipliers.NONE,
                Float.POSITIVE_INFINITY,
                tied);
    }

    @Test
    void attentionAndFeedForwardHaveBiasesApart() {
        assertThat(parse("{\"attention_bias\": true}").biases()).isEqualTo(new DecoderConfig.Biases(true, true, false));
        assertThat(parse("{\"mlp_bias\": true}").biases()).isEqualTo(new DecoderConfig.Biases(false, false, true));
    }

    @ParameterizedTest
    @CsvSource({
        "silu, SILU",
        "swish, SILU",
        "gelu, GELU",
        "gelu_new, GELU_TANH",
        "gelu_pytorch_tanh, GELU_TANH",
        "relu, RELU"
    })
    void activationsHaveTransformersNames(String name, Activation activation) {
        assertThat(parse("{\"hidden_act\": \"" + name + "\"}").activation()).isEqualTo(activation);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 5e5}}",
                "{\"rope_parameters\": {\"rope_theta\": 5e5}, \"rope_theta\": 1e4}",
                "{\"rope_theta\": 5e5}",
                "{\"rope_theta\": 5e5, \"rope_scaling\": null}",
                "{\"rope_theta\": 5e5, \"rope_scaling\": {\"type\": \"default\"}}"
            })
    void unscaledRotaryAnglesInEveryForm(String form) {
        DecoderConfig config = parse(form);
        assertThat(rotation(config)).isEqualTo(new Rotation(5e5, 8, new RotaryScaling.None()));
        assertThat(rotation(config).frequencies(10)[1]).isCloseTo(Math.pow(5e5, -2.0 / 8), within(1e-15));
    }

    @Test
    void newerAndOlderFormsOfLlama3ScalingAreOne() {
        DecoderConfig newer = parse("{\"rope_parameters\": " + LLAMA3_SCALING + ", \"rope_theta\": 5e5}}");
        DecoderConfig older = parse("{\"rope_theta\": 5e5, \"rope_scaling\": " + LLAMA3_SCALING + "}}");
        DecoderConfig oldest =
                parse("{\"rope_theta\": 5e5, \"rope_scaling\": " + LLAMA3_SCALING.replace("rope_type", "type") + "}}");
        assertThat(rotation(newer).scaling()).isEqualTo(new RotaryScaling.Llama3(8, 1, 4, 8192));
        assertThat(older).isEqualTo(newer);
        assertThat(oldest).isEqualTo(newer);
    }

    /** As transformers 5: the older form counts where a file has both, and an empty newer one is none. */
    @Test
    void ofBothFormsTheOlderOneCounts() {
        String older = "\"rope_theta\": 5e5, \"rope_scaling\": " + LLAMA3_SCALING + "}";
        DecoderConfig alone = parse("{" + older + "}");
        assertThat(parse("{" + older + ", \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}}"))
                .isEqualTo(alone);
        assertThat(parse("{" + older + ", \"rope_parameters\": {}}")).isEqualTo(alone);
        assertThat(rotation(parse("{\"rope_scaling\": {}, \"rope_parameters\": {\"rope_theta\": 5e5}}"))
                        .theta())
                .isEqualTo(5e5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sliding_window\": null, \"use_cache\": true, \"pretraining_tp\": 1}",
                "{\"logits_scaling\": 1, \"attention_multiplier\": null, \"auto_map\": {}}",
                "{\"layer_types\": [\"full_attention\", \"full_attention\"], \"no_rope_layers\": [1, 1]}",
                "{\"model_type\": \"llama\", \"hidden_act\": \"silu\", \"head_dim\": null, \"num_key_value_heads\": null}"
            })
    void whatChangesNothingIsAllowed(String harmless) {
        assertThat(parse(harmless)).isEqualTo(parse("{}"));
    }

    /** The expected numbers are those of transformers' llama3 rope type, for the published scaling of LLaMA 3.1. */
    @Test
    void llama3FrequenciesAreThoseOfTransformers() {
        double[] frequencies = rotation(
                        parse("{\"head_dim\": 64, \"rope_parameters\": " + LLAMA3_SCALING + ", \"rope_theta\": 5e5}}"))
                .frequencies(10);
        assertThat(frequencies).hasSize(32);
        double[][] expected = {
            {0, 1.0},
            {1, 0.663601279258728},
            {8, 0.03760603070259094},
            {13, 0.00483942124992609},
            {14, 0.0032114461064338684},
            {15, 0.0013718936825171113},
            {16, 0.0005248460220173001},
            {17, 0.0001785077911335975},
            {18, 7.784655463183299e-05},
            {20, 3.428102354519069e-05},
            {31, 3.76732259610435e-07}
        };
        for (double[] pair : expected) {
            assertThat(frequencies[(int) pair[0]])
                    .as("frequency %d", (int) pair[0])
                    .isCloseTo(pair[1], within(1e-6 * pair[1]));
        }
    }

    @Test
    void aModelTypeStandsInForArchitectures() {
        assertThat(parse("{\"architectures\": null, \"model_type\": \"llama\"}").layers())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"architectures\": [\"MistralForCausalLM\"]}",
                "{\"architectures\": \"LlamaForCausalLM\", \"model_type\": \"x\"}",
                "{\"architectures\": \"GPT2LMHeadModel\", \"model_type\": \"llama\"}",
                "{\"architectures\": [], \"model_type\": \"qwen2\"}"
            })
    void whatNamesAnotherArchitectureIsNoLlama(String change) throws JsonProcessingException {
        assertThat(new LlamaArchitecture().reads(config(change))).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
            {"hidden_act": "gelu_fast2"} | hidden_act: "gelu_fast2" (must be silu, gelu, gelu_new, gelu_pytorch_tanh or relu)
            {"attention_bias": 1} | attention_bias: 1 (must be true or false)
            {"mlp_bias": "no"} | mlp_bias: "no" (must be true or false)
            {"attention_dropout": 0.1} | attention_dropout: 0.1 (only 0 is supported; a copy of config.json that says 0 trains without it)
            {"partial_rotary_factor": 0.5} | partial_rotary_factor: not 1 (only 1 is supported)
            {"rope_parameters": {"partial_rotary_factor": 0.5}} | partial_rotary_factor: not 1 (only 1 is supported)
            {"quantization_config": {"bits": 4}} | quantization_config: present (quantised models are not supported; give float32, float16 or bfloat16 weights)
            {"num_key_value_heads": 3} | num_key_value_heads: 3 (must divide num_attention_heads, 4)
            {"num_key_value_heads": 8} | num_key_value_heads: 8 (must divide num_attention_heads, 4)
            {"head_dim": 7} | head_dim: 7 (must be even, for rotary positions)
            {"hidden_size": 36, "num_attention_heads": 4} | head_dim: 9 (must be even, for rotary positions)
            {"hidden_size": 32.5} | hidden_size: 32.5 (must be a whole number from 1 to 16777216)
            {"hidden_size": "32"} | hidden_size: "32" (must be a whole number from 1 to 16777216)
            {"hidden_size": null} | hidden_size: null (must be a whole number from 1 to 16777216)
            {"num_hidden_layers": 0} | num_hidden_layers: 0 (must be a whole number from 1 to 16777216)
            {"num_hidden_layers": -2} | num_hidden_layers: -2 (must be a whole number from 1 to 16777216)
            {"vocab_size": 16777217} | vocab_size: 16777217 (must be a whole number from 1 to 16777216)
            {"vocab_size": 99999999999999999999} | vocab_size: 99999999999999999999 (must be a whole number from 1 to 16777216)
            {"intermediate_size": []} | intermediate_size: [] (must be a whole number from 1 to 16777216)
            {"max_position_embeddings": 0} | max_position_embeddings: 0 (must be a whole number from 1 to 16777216)
            {"num_attention_heads": 65536, "head_dim": 65536} | head_dim: 65536 (num_attention_heads times head_dim must be at most 16777216)
            {"rope_scaling": "llama3"} | rope_scaling: "llama3" (must be an object)
            {"model_type": "mistral"} | model_type: "mistral" (must be llama, as architectures says)
            {"hidden_act": null} | hidden_act: null (must be silu, gelu, gelu_new, gelu_pytorch_tanh or relu)
            {"hidden_act": ["silu"]} | hidden_act: ["silu"] (must be silu, gelu, gelu_new, gelu_pytorch_tanh or relu)
            {"rms_norm_eps": null} | rms_norm_eps: null (must be a number)
            {"rope_theta": null} | rope_theta: null (must be a number)
            {"rope_theta": "10000"} | rope_theta: "10000" (must be a number)
            {"attention_multiplier": 0.0078125} | attention_multiplier: 0.0078125 (must be absent: it is not computed)
            {"logits_scaling": 8} | logits_scaling: 8 (only 1 is supported)
            {"embedding_multiplier": "12"} | embedding_multiplier: "12" (only 1 is supported)
            {"sliding_window": 4096} | sliding_window: 4096 (must be absent: it is not computed)
            {"final_logit_softcapping": 30.0} | final_logit_softcapping: 30.0 (must be absent: it is not computed)
            {"auto_map": {"AutoModelForCausalLM": "modeling.Other"}} | auto_map: {"AutoModelForCausalLM":"modeling.Other"} (must be absent: it is not computed)
            {"layer_types": ["full_attention", "sliding_attention"]} | layer_types: ["full_attention","sliding_attention"] (must be full_attention for every layer)
            {"layer_types": "full_attention"} | layer_types: "full_attention" (must be full_attention for every layer)
            {"no_rope_layers": [1, 0]} | no_rope_layers: [1,0] (must be 1 for every layer)
            {"rope_scaling": {"type": "default", "factor": 8.0}} | factor: 8.0 (must be absent for rope_type default)
            {"rope_parameters": {"full_attention": {"rope_theta": 5e5}}} | full_attention: {"rope_theta":500000.0} (must be absent for rope_type default)
            {"rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 32, "attention_factor": 2}} | attention_factor: 2 (must be absent for rope_type llama3)
            {"original_max_position_embeddings": 64, "rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 32}} | original_max_position_embeddings: 32.0 (must be one whole number wherever it is given)
            {"quantization_config": "gptq"} | quantization_config: present (quantised models are not supported; give float32, float16 or bfloat16 weights)
            {"rms_norm_eps": -1e-6} | rms_norm_eps: -1.0E-6 (must be from 0 to below 1)
            {"rms_norm_eps": "small"} | rms_norm_eps: "small" (must be a number)
            {"rope_theta": 1} | rope_theta: 1.0 (must be greater than 1)
            {"rope_theta": 1e999} | rope_theta: "Infinity" (must be a number)
            {"tie_word_embeddings": 1} | tie_word_embeddings: 1 (must be true or false)
            {"rope_scaling": {"type": "linear"}} | factor: absent (must be a positive number for rope_type linear)
            {"rope_scaling": {"type": "linear", "factor": 0}} | factor: 0 (must be a positive number for rope_type linear)
            {"rope_scaling": {"type": "linear", "factor": 2, "alpha": 1}} | alpha: 1 (must be absent for rope_type linear)
            {"rope_scaling": {"type": "proportional"}} | rope_type: proportional (must be default, dynamic, linear, llama3, longrope, yarn)
            {"rope_scaling": {"type": "dynamic", "factor": 2}, "head_dim": 2} | head_dim: 2 (must be above 2 for rope_type dynamic)
            {"rope_parameters": {"rope_type": "yarn", "factor": 4, "beta_fast": 1, "beta_slow": 2}} | beta_fast: 1.0 (must be at least beta_slow, 2.0)
            {"rope_parameters": {"rope_type": "yarn"}} | factor: absent (must be a positive number for rope_type yarn)
            {"rope_parameters": {"rope_type": "yarn", "factor": 4, "truncate": 1}} | truncate: 1 (must be true or false)
            {"rope_parameters": {"rope_type": "longrope", "short_factor": [1], "long_factor": [1, 1, 1, 1]}} | short_factor: [1] (must be 4 positive numbers, one for each pair that turns)
            {"rope_parameters": {"rope_type": "longrope", "short_factor": [1, 1, 1, 1], "long_factor": [1, 1, 1, "1"]}} | long_factor: [1,1,1,"1"] (must be 4 positive numbers, one for each pair that turns)
            {"resid_pdrop": 0.1} | resid_pdrop: 0.1 (must be absent: it is not computed)
            {"use_sliding_window": true} | use_sliding_window: true (must be absent: it is not computed)
            {"tie_word_embeddings": null} | tie_word_embeddings: null (must be absent or given)
            {"rope_parameters": {"rope_type": "llama3"}} | factor: absent (must be a positive number for rope_type llama3)
            {"rope_parameters": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 32}} | high_freq_factor: 4.0 (must be greater than low_freq_factor, 4.0)
            {"rope_parameters": {"rope_type": "llama3", "factor": -8}} | factor: -8 (must be a positive number for rope_type llama3)
            """)
    void refusesByName(String change, String message) {
        assertThatThrownBy(() -> parse(change)).isInstanceOf(InvalidInput.class).hasMessage("config.json: " + message);
    }

    @Test
    void refusesHeadsThatDoNotDivideTheWidth() {
        assertThatThrownBy(() -> parse("{\"num_attention_heads\": 5}"))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "config.json: num_attention_heads: 5 (must divide hidden_size, 32, where head_dim is not given)");
        assertThat(parse("{\"num_attention_heads\": 5, \"head_dim\": 6}").headWidth())
                .isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hidden_size", "num_attention_heads", "vocab_size", "intermediate_size", "num_hidden_layers"})
    void namesWhatIsMissing(String key) throws JsonProcessingException {
        ObjectNode config = config("{}");
        config.remove(key);
        assertThatThrownBy(() -> decoder(config))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("config.json: " + key + ": absent (must be a whole number from 1 to 16777216)");
    }

    private static DecoderConfig parse(String change) {
        try {
            return decoder(config(change));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static DecoderConfig decoder(ObjectNode config) {
        return DecoderShape.of(new LlamaArchitecture().shape(config, "config.json"))
                .config();
    }

    private static Rotation rotation(DecoderConfig config) {
        return config.layers().get(0).rotation().orElseThrow();
    }

    private static ObjectNode config(String change) throws JsonProcessingException {
        ObjectNode config = (ObjectNode)
                JSON.readTree(
                        """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 72,
                 "num_attention_heads": 4, "num_hidden_layers": 2, "vocab_size": 150}""");
        return config.setAll((ObjectNode) JSON.readTree(change));
    }
}
