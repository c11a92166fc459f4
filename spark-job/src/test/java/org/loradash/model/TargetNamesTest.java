package org.loradash.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.loradash.tsd.InvalidInput;

class TargetNamesTest {
    private static final List<Target> LLAMA =
            blocks("model.layers.", "self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj");
    private static final List<Target> BERT = blocks(
            "bert.encoder.layer.",
            "attention.self.query",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense");
    private static final List<Target> UNET = blocks(
            "mid_block.attentions.0.transformer_blocks.", "attn1.to_q", "attn1.to_out.0", "ff.net.0.proj", "ff.net.2");

    @Test
    void anEndingAtADotMeansALayer() {
        assertThat(selected(LLAMA, "q_proj"))
                .containsExactly("model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj");
        assertThat(selected(LLAMA, "layers.1.self_attn.q_proj", "model.layers.0.mlp.up_proj"))
                .containsExactly("model.layers.0.mlp.up_proj", "model.layers.1.self_attn.q_proj");
        assertThat(selected(BERT, "attention.output.dense")).hasSize(2);
        assertThat(selected(BERT, "output.dense")).hasSize(4);
        assertThat(selected(BERT, "dense")).hasSize(6);
        assertThat(selected(UNET, "to_out.0")).hasSize(2);
    }

    @Test
    void allLinearMeansEveryTarget() {
        assertThat(TargetNames.select(List.of("all-linear"), UNET)).isEqualTo(UNET);
    }

    @Test
    void anEndingWithinAPartAndAKindThatIsNotThereAreRefused() {
        assertThatThrownBy(() -> TargetNames.select(List.of("q_proj", "_proj"), LLAMA))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(
                        "adapter.targets: _proj (matches nothing in the model; must be of q_proj, up_proj, v_proj)");
        assertThatThrownBy(() -> TargetNames.select(List.of("key"), BERT))
                .hasMessage("adapter.targets: key (matches nothing in the model; must be of attention.output.dense,"
                        + " intermediate.dense, output.dense, query)");
        assertThatThrownBy(() -> TargetNames.select(List.of("0"), LLAMA)).isInstanceOf(InvalidInput.class);
    }

    @Test
    void namesOfChosenTargetsMeanNoOthers() {
        assertThat(TargetNames.naming(selected(LLAMA, "q_proj", "v_proj"), LLAMA))
                .containsExactly("q_proj", "v_proj");
        assertThat(TargetNames.naming(selected(BERT, "attention.output.dense"), BERT))
                .containsExactly("attention.output.dense");
        assertThat(TargetNames.naming(selected(UNET, "to_out.0"), UNET)).containsExactly("to_out.0");
        List<String> outputs = List.of("bert.encoder.layer.0.output.dense", "bert.encoder.layer.1.output.dense");
        assertThat(TargetNames.naming(outputs, BERT)).isEqualTo(outputs);
        List<String> one = List.of("model.layers.1.self_attn.q_proj");
        assertThat(TargetNames.naming(one, LLAMA)).isEqualTo(one);
    }

    private static List<String> selected(List<Target> all, String... wanted) {
        return TargetNames.select(List.of(wanted), all).stream()
                .map(Target::name)
                .toList();
    }

    private static List<Target> blocks(String prefix, String... layers) {
        return IntStream.range(0, 2)
                .boxed()
                .flatMap(block -> Stream.of(layers).map(layer -> new Target(prefix + block + "." + layer, block, 8, 8)))
                .toList();
    }
}
