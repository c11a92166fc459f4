package org.loradash.model.decoder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.loradash.model.Target;
import org.loradash.model.decoder.DecoderConfig.Norms.OfHeads;
import org.loradash.model.decoder.DecoderConfig.Norms.Place;
import org.loradash.model.decoder.DecoderConfig.Projections;

/** What a decoder's layers and norms are called in its files, as transformers calls them. */
record DecoderNames(DecoderConfig config) {
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String NORM = "model.norm";
    static final String HEAD = "lm_head";

    /** The output layer. */
    Target head() {
        return new Target(HEAD, config.layers().size(), config.vocabularySize(), config.hiddenSize());
    }

    /** The linear layers of all blocks. */
    List<Target> targets() {
        List<Target> all = new ArrayList<>();
        for (int layer = 0; layer < config.layers().size(); layer++) {
            all.addAll(targets(layer));
        }
        return List.copyOf(all);
    }

    List<Target> targets(int layer) {
        List<Target> all = new ArrayList<>(queryKeyValue(layer));
        all.add(output(layer));
        all.addAll(gateUp(layer));
        all.add(down(layer));
        return all;
    }

    /** The layers of a block's queries, keys and values. */
    List<Target> queryKeyValue(int layer) {
        int queries = config.heads() * config.headWidth();
        int keys = config.keyHeads() * config.headWidth();
        return config.projections() == Projections.FUSED
                ? List.of(attention(layer, "qkv_proj", queries + 2 * keys))
                : List.of(
                        attention(layer, "q_proj", queries),
                        attention(layer, "k_proj", keys),
                        attention(layer, "v_proj", keys));
    }

    private Target attention(int layer, String name, int outputs) {
        return new Target(block(layer) + "self_attn." + name, layer, outputs, config.hiddenSize());
    }

    Target output(int layer) {
        return new Target(
                block(layer) + "self_attn.o_proj", layer, config.hiddenSize(), config.heads() * config.headWidth());
    }

    List<Target> gateUp(int layer) {
        int inner = config.intermediateSize();
        return config.projections() == Projections.FUSED
                ? List.of(feedForward(layer, "gate_up_proj", 2 * inner))
                : List.of(feedForward(layer, "gate_proj", inner), feedForward(layer, "up_proj", inner));
    }

    private Target feedForward(int layer, String name, int outputs) {
        return new Target(block(layer) + "mlp." + name, layer, outputs, config.hiddenSize());
    }

    Target down(int layer) {
        return new Target(block(layer) + "mlp.down_proj", layer, config.hiddenSize(), config.intermediateSize());
    }

    /** What norms the input of a block's attention. */
    Optional<String> beforeAttention(int layer) {
        return named(layer, "input_layernorm", config.norms().place() != Place.AFTER);
    }

    /** What norms what a block's attention adds to the stream. */
    Optional<String> afterAttention(int layer) {
        return named(layer, "post_attention_layernorm", config.norms().place() != Place.BEFORE);
    }

    Optional<String> beforeFeedForward(int layer) {
        return switch (config.norms().place()) {
            case BEFORE -> Optional.of(block(layer) + "post_attention_layernorm");
            case AROUND -> Optional.of(block(layer) + "pre_feedforward_layernorm");
            case AFTER -> Optional.empty();
        };
    }

    Optional<String> afterFeedForward(int layer) {
        return named(layer, "post_feedforward_layernorm", config.norms().place() != Place.BEFORE);
    }

    Optional<String> queries(int layer) {
        return named(layer, "self_attn.q_norm", config.norms().ofHeads() != OfHeads.NONE);
    }

    Optional<String> keys(int layer) {
        return named(layer, "self_attn.k_norm", config.norms().ofHeads() != OfHeads.NONE);
    }

    private static Optional<String> named(int layer, String name, boolean exists) {
        return exists ? Optional.of(block(layer) + name) : Optional.empty();
    }

    /** How wide the weight of the queries' norm is. */
    int queryNormSize() {
        return config.norms().ofHeads() == OfHeads.EACH ? config.headWidth() : config.heads() * config.headWidth();
    }

    /** How wide the weight of the keys' norm is. */
    int keyNormSize() {
        return config.norms().ofHeads() == OfHeads.EACH ? config.headWidth() : config.keyHeads() * config.headWidth();
    }

    /** The modules that norm in a block, in the order of the forward, and how wide their weights are. */
    Map<String, Integer> norms(int layer) {
        Map<String, Integer> norms = new LinkedHashMap<>();
        beforeAttention(layer).ifPresent(name -> norms.put(name, config.hiddenSize()));
        queries(layer).ifPresent(name -> norms.put(name, queryNormSize()));
        keys(layer).ifPresent(name -> norms.put(name, keyNormSize()));
        afterAttention(layer).ifPresent(name -> norms.put(name, config.hiddenSize()));
        beforeFeedForward(layer).ifPresent(name -> norms.put(name, config.hiddenSize()));
        afterFeedForward(layer).ifPresent(name -> norms.put(name, config.hiddenSize()));
        return norms;
    }

    /** Those of a block's linear layers that have a bias. */
    List<Target> biased(int layer) {
        List<Target> biased = new ArrayList<>();
        if (config.biases().queryKeyValue()) {
            biased.addAll(queryKeyValue(layer));
        }
        if (config.biases().output()) {
            biased.add(output(layer));
        }
        if (config.biases().feedForward()) {
            biased.addAll(gateUp(layer));
            biased.add(down(layer));
        }
        return biased;
    }

    /** Every tensor that the files may have: what is computed, and rotary frequencies, which older files keep. */
    Set<String> tensors() {
        Set<String> names = new HashSet<>(Set.of(EMBEDDING, NORM + ".weight", HEAD + ".weight"));
        for (int layer = 0; layer < config.layers().size(); layer++) {
            targets(layer).forEach(target -> names.add(target.weightName()));
            biased(layer).forEach(target -> names.add(target.biasName()));
            norms(layer).keySet().forEach(name -> names.add(name + ".weight"));
            names.add(block(layer) + "self_attn.rotary_emb.inv_freq");
        }
        return names;
    }

    private static String block(int layer) {
        return "model.layers." + layer + ".";
    }
}
