package org.loradash.model.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

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

    private static final Set<String> OUTSIDE_LAYERS =
            Set.of("model.embed_tokens.weight", "model.norm.weight", "lm_head.weight");

    /** Older files keep the rotary frequencies. */
    private static final Pattern OF_LAYER = Pattern.compile("model\\.layers\\.(\\d{1,8})\\.(input_layernorm\\.weight"
            + "|post_attention_layernorm\\.weight|self_attn\\.[qkvo]_proj\\.weight|mlp\\.(gate|up|down)_proj\\.weight"
            + "|self_attn\\.rotary_emb\\.inv_freq)");

    /** One block: attention, then the gated feed-forward, each behind its norm. */
    public record Layer(
            Tensor attentionNorm,
            Projection queryKeyValue,
            Projection output,
            Tensor feedForwardNorm,
            Projection gateUp,
            Projection down) {}

    /** Reads every weight, checking shapes against the config before anything is allocated. */
    public static DecoderWeights read(DecoderConfig config, WeightFiles files) {
        checkShapes(config, files);
        int hidden = config.hiddenSize();
        Weight embedding = files.outside(EMBEDDING, config.vocabularySize(), hidden);
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

    private static Weight head(DecoderConfig config, WeightFiles files, Weight embedding) {
        String name = head(config).weightName();
        if (!config.tiedEmbeddings()) {
            return files.outside(name, config.vocabularySize(), config.hiddenSize());
        }
        return files.merge().changes(name)
                ? files.changed(name, EMBEDDING, config.vocabularySize(), config.hiddenSize())
                : embedding;
    }

    /** The shapes of all weights with no memory behind them. */
    public static DecoderWeights withoutMemory(DecoderConfig config, Storage storage) {
        int hidden = config.hiddenSize();
        Weight embedding = Weight.withoutMemory(config.vocabularySize(), hidden, storage.outsideBlocks());
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
        Weight head = config.tiedEmbeddings()
                ? embedding
                : Weight.withoutMemory(config.vocabularySize(), hidden, storage.outsideBlocks());
        return new DecoderWeights(embedding, List.copyOf(layers), Tensor.withoutMemory(1, hidden), head);
    }

    /** The memory of all weights. */
    public long bytes() {
        long bytes = embedding.bytes() + norm.size() * Float.BYTES + (head == embedding ? 0 : head.bytes());
        for (Layer layer : layers) {
            bytes += (layer.attentionNorm().size() + layer.feedForwardNorm().size()) * Float.BYTES;
            for (Projection projection : List.of(layer.queryKeyValue(), layer.output(), layer.gateUp(), layer.down())) {
                bytes += projection.bytes();
            }
        }
        return bytes;
    }

    /** Refuses files whose tensors are missing or have other shapes than the config says; reads no weights. */
    public static void checkShapes(DecoderConfig config, WeightFiles files) {
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
        files.directory().names().stream()
                .filter(name -> !isComputed(name, config))
                .findFirst()
                .ifPresent(name -> {
                    throw InvalidInput.of(
                            files.directory().file(name).path() + ": tensor",
                            Message.oneLine(name),
                            "must be none that a LLaMA of this config.json does not compute");
                });
    }

    /** Whether a tensor is one of those above, or a copy of something that they or the config say. */
    private static boolean isComputed(String name, DecoderConfig config) {
        Matcher ofLayer = OF_LAYER.matcher(name);
        return ofLayer.matches() ? Integer.parseInt(ofLayer.group(1)) < config.layers() : OUTSIDE_LAYERS.contains(name);
    }

    /** The linear layers of all blocks. */
    public static List<Target> targets(DecoderConfig config) {
        List<Target> all = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            all.addAll(targets(config, i));
        }
        return List.copyOf(all);
    }

    /** The output layer. */
    static Target head(DecoderConfig config) {
        return new Target(DecoderShape.HEAD, config.layers(), config.vocabularySize(), config.hiddenSize());
    }

    private static List<Target> targets(DecoderConfig config, int layer) {
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
