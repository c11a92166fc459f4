package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorNamesTest {
    @ParameterizedTest
    @CsvSource({
        "bert, encoder.layer.0.output.dense.weight, bert.encoder.layer.0.output.dense.weight",
        "bert, embeddings.position_ids, bert.embeddings.position_ids",
        "bert, pooler.dense.bias, bert.pooler.dense.bias",
        "bert, embeddings.LayerNorm.gamma, bert.embeddings.LayerNorm.weight",
        "bert, bert.encoder.layer.0.output.LayerNorm.beta, bert.encoder.layer.0.output.LayerNorm.bias",
        "roberta, encoder.layer.0.output.dense.weight, roberta.encoder.layer.0.output.dense.weight",
        "xlm-roberta, embeddings.word_embeddings.weight, roberta.embeddings.word_embeddings.weight",
        "xlm-roberta, pooler.dense.weight, roberta.pooler.dense.weight",
        "deberta-v2, encoder.rel_embeddings.weight, deberta.encoder.rel_embeddings.weight",
        "deberta-v2, pooler.dense.weight, pooler.dense.weight",
    })
    void partsOfAnEncoderHaveThePrefixThatTheyHaveBelowAHead(String type, String stored, String name) {
        assertThat(TensorNames.of(type).apply(stored)).isEqualTo(name);
        assertThat(TensorNames.of(type).apply(name)).as("the name itself").isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "classifier.weight",
                "classifier.out_proj.bias",
                "cls.predictions.transform.LayerNorm.weight",
                "lm_head.dense.weight",
                "encoders.0.weight",
                "gamma",
            })
    void headsKeepTheirNames(String stored) {
        assertThat(TensorNames.of("bert").apply(stored)).isEqualTo(stored);
        assertThat(TensorNames.of("roberta").apply(stored)).isEqualTo(stored);
    }

    @Test
    void modelsThatAreNoEncoderKeepTheirNames() {
        assertThat(TensorNames.of("llama").apply("encoder.LayerNorm.gamma")).isEqualTo("encoder.LayerNorm.gamma");
        assertThat(TensorNames.of("").apply("embeddings.weight")).isEqualTo("embeddings.weight");
    }
}
