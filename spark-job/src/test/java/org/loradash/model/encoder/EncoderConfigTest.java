package org.loradash.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.Architecture;
import org.loradash.model.Target;
import org.loradash.model.WholeModule;
import org.loradash.tsd.InvalidInput;

class EncoderConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Architecture> ALL =
            List.of(new BertArchitecture(), new RobertaArchitecture(), new DebertaArchitecture());
    private static final String SIZES =
            """
            "vocab_size": 150, "hidden_size": 32, "intermediate_size": 72, "num_hidden_layers": 2, "num_attention_heads": 4""";

    /** As microsoft/deberta-v3-base has it, but for its sizes. */
    private static final String DEBERTA =
            """
            {"model_type": "deberta-v2", %s, "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu",
             "hidden_dropout_prob": 0.1, "initializer_range": 0.02, "max_position_embeddings": 512, "relative_attention": true,
             "position_buckets": 256, "norm_rel_ebd": "layer_norm", "share_att_key": true, "pos_att_type": "p2c|c2p",
             "layer_norm_eps": 1e-7, "max_relative_positions": -1, "position_biased_input": false, "type_vocab_size": 0}"""
                    .formatted(SIZES);

    private static final String BERT = "{\"model_type\": \"bert\", %s}".formatted(SIZES);
    private static final String ROBERTA =
            "{\"model_type\": \"roberta\", %s, \"max_position_embeddings\": 514}".formatted(SIZES);

    @Test
    void aPublishedDebertaIsOfDistancesAlone() {
        EncoderConfig config = shape(DEBERTA, "{}").config();
        assertThat(config.positions()).isZero();
        assertThat(config.types()).isZero();
        assertThat(config.longest()).isEqualTo(512);
        assertThat(config.normEpsilon()).isEqualTo(1e-7f);
        assertThat(config.poolerActivation()).isEqualTo(Activation.GELU);
        EncoderConfig.Relative relative = config.relative().orElseThrow();
        assertThat(relative.positions().span()).isEqualTo(256);
        assertThat(relative.positions().most()).isEqualTo(512);
        assertThat(relative.keys() && relative.queries() && relative.shared() && relative.normed())
                .isTrue();
        assertThat(config.labels()).isEmpty();
    }

    @Test
    void kindsOfDistancesAreATextOrAList() {
        assertThat(shape(DEBERTA, "{\"pos_att_type\": [\"c2p\", \"p2c\"]}")).isEqualTo(shape(DEBERTA, "{}"));
        EncoderConfig.Relative keys = shape(DEBERTA, "{\"pos_att_type\": \"c2p\"}")
                .config()
                .relative()
                .orElseThrow();
        assertThat(keys.keys()).isTrue();
        assertThat(keys.queries()).isFalse();
    }

    @Test
    void aBertHasPositionsAndTypesAndTransformersDefaults() {
        EncoderConfig config = shape(BERT, "{}").config();
        assertThat(config.positions()).isEqualTo(512);
        assertThat(config.firstPosition()).isZero();
        assertThat(config.longest()).isEqualTo(512);
        assertThat(config.types()).isEqualTo(2);
        assertThat(config.normEpsilon()).isEqualTo(1e-12f);
        assertThat(config.activation()).isEqualTo(Activation.GELU);
        assertThat(config.poolerActivation()).isEqualTo(Activation.TANH);
    }

    @Test
    void positionsOfARobertaBeginBehindThePaddingToken() {
        EncoderConfig config = shape(ROBERTA, "{}").config();
        assertThat(config.positions()).isEqualTo(514);
        assertThat(config.firstPosition()).isEqualTo(2);
        assertThat(config.longest()).isEqualTo(512);
        assertThat(shape(ROBERTA, "{\"pad_token_id\": 0}").config().longest()).isEqualTo(513);
    }

    @ParameterizedTest
    @CsvSource({
        "bert, BertForSequenceClassification",
        "roberta, RobertaForSequenceClassification",
        "xlm-roberta, XLMRobertaForSequenceClassification",
        "deberta-v2, DebertaV2ForSequenceClassification"
    })
    void aModelWithAHeadOfItsOwnIsDescribedAsSuch(String type, String architecture) {
        ObjectNode config = parsed(DEBERTA);
        config.put("model_type", type).put("type_vocab_size", 1);
        ObjectNode told = shape(config).withOutputs(List.of("no", "yes")).described(config);
        assertThat(told.get("architectures").get(0).asText()).isEqualTo(architecture);
        assertThat(told.get("id2label").toString()).isEqualTo("{\"0\":\"no\",\"1\":\"yes\"}");
        assertThat(told.get("label2id").toString()).isEqualTo("{\"no\":0,\"yes\":1}");
        assertThat(told.get("problem_type").asText()).isEqualTo("single_label_classification");
        assertThat(shape(told).outputs()).containsExactly("no", "yes");
    }

    @Test
    void outputsOfAHeadAreThoseThatTheConfigNames() {
        String head = "{\"architectures\": [\"BertForSequenceClassification\"]%s}";
        assertThat(shape(BERT, head.formatted("")).config().labels()).contains(List.of("LABEL_0", "LABEL_1"));
        assertThat(shape(BERT, head.formatted(", \"num_labels\": 3")).outputs()).hasSize(3);
        assertThat(shape(BERT, head.formatted(", \"id2label\": {\"1\": \"b\", \"0\": \"a\"}"))
                        .outputs())
                .containsExactly("a", "b");
        assertThat(shape(BERT, "{\"architectures\": [\"BertModel\"]}").config().labels())
                .isEmpty();
    }

    @Test
    void layersAndModulesHaveTheNamesThatTransformersGivesThem() {
        EncoderShape deberta = shape(DEBERTA, "{\"share_att_key\": false}");
        assertThat(deberta.targets().subList(0, 8))
                .extracting(Target::name)
                .containsExactly(
                        "deberta.encoder.layer.0.attention.self.query_proj",
                        "deberta.encoder.layer.0.attention.self.key_proj",
                        "deberta.encoder.layer.0.attention.self.value_proj",
                        "deberta.encoder.layer.0.attention.self.pos_query_proj",
                        "deberta.encoder.layer.0.attention.self.pos_key_proj",
                        "deberta.encoder.layer.0.attention.output.dense",
                        "deberta.encoder.layer.0.intermediate.dense",
                        "deberta.encoder.layer.0.output.dense");
        assertThat(deberta.modules()).extracting(WholeModule::name).contains("pooler", "classifier");
        assertThat(shape(BERT, "{}").modules()).extracting(WholeModule::name).contains("bert.pooler", "classifier");
        assertThat(shape(ROBERTA, "{}").modules())
                .extracting(WholeModule::name)
                .contains("classifier")
                .noneMatch(name -> name.contains("pooler"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv_kernel_size | 3 | must be absent: it is not computed",
                "relative_attention | false | only true is supported",
                "pos_att_type | \"c2p_p2c\" | must be c2p, p2c or both",
                "pos_att_type | [] | must be c2p, p2c or both",
                "embedding_size | 16 | must be hidden_size, 32: another one is not computed",
                "pooler_hidden_size | 16 | must be hidden_size, 32: another one is not computed",
                "attention_head_size | 16 | must be hidden_size / num_attention_heads, 8",
                "position_buckets | 1 | must be at least 2, and half of them below max_relative_positions, 512",
                "hidden_act | \"mish\" | must be gelu, gelu_new, relu, silu or tanh",
                "is_decoder | true | must be absent: it is not computed",
                "position_embedding_type | \"relative_key\" | only absolute is supported",
                "problem_type | \"multi_label_classification\" | must be single_label_classification or regression",
                "num_attention_heads | 5 | must divide hidden_size, 32",
                "max_position_embeddings | 0 | must be a whole number from 1 to 16777216",
                "initializer_range | 1.5 | must be from 0 to below 1"
            })
    void refusesByNameWhatIsNotComputed(String key, String value, String allowed) {
        assertThatThrownBy(() -> shape(DEBERTA, "{\"" + key + "\": " + value + "}"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("config.json: " + key)
                .hasMessageEndingWith("(" + allowed + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"0\": \"a\", \"2\": \"b\"}", "{\"0\": 1}"})
    void refusesNamesOfOutputsThatLeaveSomeOut(String names) {
        assertThatThrownBy(() -> shape(
                        BERT, "{\"architectures\": [\"BertForSequenceClassification\"], \"id2label\": " + names + "}"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("id2label");
    }

    private static EncoderShape shape(String base, String changes) {
        ObjectNode config = parsed(base);
        config.setAll(parsed(changes));
        return shape(config);
    }

    private static EncoderShape shape(ObjectNode config) {
        return (EncoderShape) ALL.stream()
                .filter(architecture -> architecture.reads(config))
                .findFirst()
                .orElseThrow()
                .shape(config, "config.json");
    }

    private static ObjectNode parsed(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(json, malformed);
        }
    }
}
