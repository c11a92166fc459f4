package org.loradash.tsd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetNameTest {
    @Test
    void theLayerIsTheFirstNumber() {
        assertThat(new TargetName("model.layers.13.self_attn.q_proj").layer()).isEqualTo(13);
        assertThat(new TargetName("h.4.block.7.proj").layer()).isEqualTo(4);
        assertThat(new TargetName("lm_head").layer()).isZero();
    }

    @Test
    void theKindIsTheLastPartThatSaysWhichLayerItIs() {
        assertThat(new TargetName("model.layers.13.self_attn.q_proj").kind()).isEqualTo("q_proj");
        assertThat(new TargetName("encoder.layer.3.attention.output.dense").kind())
                .isEqualTo("attention.output.dense");
        assertThat(new TargetName("encoder.layer.3.output.dense").kind()).isEqualTo("output.dense");
        assertThat(new TargetName("bert.encoder.layer.3.intermediate.dense").kind())
                .isEqualTo("intermediate.dense");
        assertThat(new TargetName("bert.encoder.layer.3.attention.self.query").kind())
                .isEqualTo("query");
        assertThat(new TargetName("blocks.0.attn1.to_out.0").kind()).isEqualTo("to_out.0");
        assertThat(new TargetName("transformer_blocks.0.ff.net.0.proj").kind()).isEqualTo("net.0.proj");
        assertThat(new TargetName("transformer_blocks.0.ff.net.2").kind()).isEqualTo("net.2");
        assertThat(new TargetName("h.4.block.7.proj").kind()).isEqualTo("proj");
        assertThat(new TargetName("dense").kind()).isEqualTo("dense");
    }
}
