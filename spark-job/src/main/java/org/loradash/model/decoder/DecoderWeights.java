package org.loradash.model.decoder;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;

/**
 * The frozen weights.
 *
 * @param embedding vocabulary x hidden
 * @param norm 1 x hidden, before the output layer
 * @param head vocabulary x hidden; the embedding itself where they are tied and unchanged
 */
public record DecoderWeights(Weight embedding, List<Layer> layers, Tensor norm, Weight head) {

    static final String EMBEDDING = "model.embed_tokens.weight";

    /** The module that norms a block's input. */
    static String attentionNorm(int layer) {
        return "model.layers." + layer + ".input_layernorm";
    }

    /** The module that norms what goes into a block's feed-forward. */
    static String feedForwardNorm(int layer) {
        return "model.layers." + layer + ".post_attention_layernorm";
    }

    /** One block: attention, then the gated feed-forward, each behind its norm. */
    public record Layer(
            Tensor attentionNorm,
            Projection queryKeyValue,
            Projection output,
            Tensor feedForwardNorm,
            Projection gateUp,
            Projection down) {}

    /** Reads every weight, checking shapes against the config before anything is allocated. */
    public static DecoderWeights read(LlamaConfig config, WeightFiles files) {
        checkShapes(config, files);
        int hidden = config.hiddenSize();
        Weight embedding = files.weight(EMBEDDING, config.vocabularySize(), hidden);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            List<Target> targets = targets(config, i);
            layers.add(new Layer(
                    files.vector(attentionNorm(i) + ".weight", hidden),
                    Projection.read(files, targets.subList(0, 3)),
                    Projection.read(files, targets.subList(3, 4)),
                    files.vector(feedForwardNorm(i) + ".weight", hidden),
                    Projection.read(files, targets.subList(4, 6)),
                    Projection.read(files, targets.subList(6, 7))));
        }
        Tensor norm = files.vector(DecoderShape.NORM + ".weight", hidden);
        return new DecoderWeights(embedding, List.copyOf(layers), norm, head(config, files, embedding));
    }

    private static Weight head(LlamaConfig config, WeightFiles files, Weight embedding) {
        String name = head(config).weightName();
        if (!config.tiedEmbeddings()) {
            return files.weight(name, config.vocabularySize(), config.hiddenSize());
        }
        return files.merge().changes(name)
                ? files.changed(name, EMBEDDING, config.vocabularySize(), config.hiddenSize())
                : embedding;
    }

    /** The shapes of all weights with no memory behind them. */
    public static DecoderWeights withoutMemory(LlamaConfig config, Storage storage) {
        int hidden = config.hiddenSize();
        Weight embedding = Weight.withoutMemory(config.vocabularySize(), hidden, storage);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            List<Target> targets = targets(config, i);
            layers.add(new Layer(
                    Tensor.withoutMemory(1, hidden),
                    Projection.withoutMemory(targets.subList(0, 3), storage),
                    Projection.withoutMemory(targets.subList(3, 4), storage),
                    Tensor.withoutMemory(1, hidden),
                    Projection.withoutMemory(targets.subList(4, 6), storage),
                    Projection.withoutMemory(targets.subList(6, 7), storage)));
        }
        Weight head =
                config.tiedEmbeddings() ? embedding : Weight.withoutMemory(config.vocabularySize(), hidden, storage);
        return new DecoderWeights(embedding, List.copyOf(layers), Tensor.withoutMemory(1, hidden), head);
    }

    /** The memory of all weights. */
    public long bytes() {
        long bytes = embedding.bytes() + norm.size() * Float.BYTES + (head == embedding ? 0 : head.bytes());
        for (Layer layer : layers) {
            bytes += (layer.attentionNorm().size() + layer.feedForwardNorm().size()) * Float.BYTES;
            for (Projection projection : List.of(layer.queryKeyValue(), layer.output(), layer.gateUp(), layer.down())) {
                bytes += projection.weight().bytes();
            }
        }
        return bytes;
    }

    /** Refuses files whose tensors are missing or have other shapes than the config says; reads no weights. */
    public static void checkShapes(LlamaConfig config, WeightFiles files) {
        int hidden = config.hiddenSize();
        files.check(EMBEDDING, config.vocabularySize(), hidden);
        for (int i = 0; i < config.layers(); i++) {
            files.check(attentionNorm(i) + ".weight", hidden);
            files.check(feedForwardNorm(i) + ".weight", hidden);
            targets(config, i).forEach(target -> files.check(target.weightName(), target.outputs(), target.inputs()));
        }
        files.check(DecoderShape.NORM + ".weight", hidden);
        if (!config.tiedEmbeddings()) {
            files.check(DecoderShape.HEAD + ".weight", config.vocabularySize(), hidden);
        }
    }

    /** The linear layers of all blocks. */
    public static List<Target> targets(LlamaConfig config) {
        List<Target> all = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            all.addAll(targets(config, i));
        }
        return List.copyOf(all);
    }

    /** The output layer. */
    static Target head(LlamaConfig config) {
        return new Target(DecoderShape.HEAD, config.layers(), config.vocabularySize(), config.hiddenSize());
    }

    private static List<Target> targets(LlamaConfig config, int layer) {
        String attention = "model.layers." + layer + ".self_attn.";
        String feedForward = "model.layers." + layer + ".mlp.";
        int hidden = config.hiddenSize();
        int queries = config.heads() * config.headWidth();
        int keys = config.keyHeads() * config.headWidth();
        int inner = config.intermediateSize();
        return List.of(
                new Target(attention + "q_proj", layer, queries, hidden),
                new Target(attention + "k_proj", layer, keys, hidden),
                new Target(attention + "v_proj", layer, keys, hidden),
                new Target(attention + "o_proj", layer, hidden, queries),
                new Target(feedForward + "gate_proj", layer, inner, hidden),
                new Target(feedForward + "up_proj", layer, inner, hidden),
                new Target(feedForward + "down_proj", layer, hidden, inner));
    }
}
