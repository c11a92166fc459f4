package org.loradash.model.llama;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.config.Settings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;

/**
 * The frozen weights.
 *
 * @param embedding vocabulary x hidden
 * @param norm 1 x hidden, before the output layer
 * @param head vocabulary x hidden; the embedding itself where they are tied
 */
public record LlamaWeights(Weight embedding, List<Layer> layers, Tensor norm, Weight head) {

    /** The output layer's weight in the files. */
    public static final String HEAD = "lm_head.weight";

    /** The embedding in the files. */
    public static final String EMBEDDING = "model.embed_tokens.weight";

    static final String NORM = "model.norm.weight";

    /** One block: attention, then the gated feed-forward, each behind its norm. */
    public record Layer(
            Tensor attentionNorm,
            Projection queryKeyValue,
            Projection output,
            Tensor feedForwardNorm,
            Projection gateUp,
            Projection down) {}

    /**
     * A linear layer, or several that share their input: one product computes them all.
     *
     * @param targets whose weights lie one above the other, in this order
     * @param weight all outputs x inputs
     */
    public record Projection(List<Target> targets, Weight weight) {
        public Projection {
            targets = List.copyOf(targets);
        }
    }

    /** Reads every weight, checking shapes against the config before anything is allocated. */
    public static LlamaWeights read(LlamaConfig config, WeightFiles files) {
        checkShapes(config, files);
        int hidden = config.hiddenSize();
        Weight embedding = files.weight(EMBEDDING, config.vocabularySize(), hidden);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            List<Target> targets = targets(config, i);
            layers.add(new Layer(
                    files.vector(attentionNorm(i), hidden),
                    projection(files, targets.subList(0, 3)),
                    projection(files, targets.subList(3, 4)),
                    files.vector(feedForwardNorm(i), hidden),
                    projection(files, targets.subList(4, 6)),
                    projection(files, targets.subList(6, 7))));
        }
        Tensor norm = files.vector(NORM, hidden);
        return new LlamaWeights(embedding, List.copyOf(layers), norm, head(config, files, embedding));
    }

    private static Weight head(LlamaConfig config, WeightFiles files, Weight embedding) {
        if (!config.tiedEmbeddings()) {
            return files.weight(HEAD, config.vocabularySize(), config.hiddenSize());
        }
        return files.merge().changes(HEAD)
                ? files.changed(HEAD, EMBEDDING, config.vocabularySize(), config.hiddenSize())
                : embedding;
    }

    /** The shapes of all weights with no memory behind them. */
    public static LlamaWeights withoutMemory(LlamaConfig config, Storage storage) {
        int hidden = config.hiddenSize();
        Weight embedding = Weight.withoutMemory(config.vocabularySize(), hidden, storage);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            List<Target> targets = targets(config, i);
            layers.add(new Layer(
                    Tensor.withoutMemory(1, hidden),
                    withoutMemory(targets.subList(0, 3), storage),
                    withoutMemory(targets.subList(3, 4), storage),
                    Tensor.withoutMemory(1, hidden),
                    withoutMemory(targets.subList(4, 6), storage),
                    withoutMemory(targets.subList(6, 7), storage)));
        }
        Weight head =
                config.tiedEmbeddings() ? embedding : Weight.withoutMemory(config.vocabularySize(), hidden, storage);
        return new LlamaWeights(embedding, List.copyOf(layers), Tensor.withoutMemory(1, hidden), head);
    }

    private static Projection withoutMemory(List<Target> targets, Storage storage) {
        int outputs = targets.stream().mapToInt(Target::outputs).reduce(0, Math::addExact);
        return new Projection(
                targets, Weight.withoutMemory(outputs, targets.get(0).inputs(), storage));
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
            files.check(attentionNorm(i), hidden);
            files.check(feedForwardNorm(i), hidden);
            targets(config, i).forEach(target -> files.check(target.weightName(), target.outputs(), target.inputs()));
        }
        files.check(NORM, hidden);
        if (!config.tiedEmbeddings()) {
            files.check(HEAD, config.vocabularySize(), hidden);
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

    /** The linear layers of all blocks, and the output layer. */
    public static List<Target> linears(LlamaConfig config) {
        List<Target> all = new ArrayList<>(targets(config));
        all.add(head(config));
        return List.copyOf(all);
    }

    static Target head(LlamaConfig config) {
        return new Target("lm_head", config.layers(), config.vocabularySize(), config.hiddenSize());
    }

    /** The shapes of norms and of the output layer, by the names of their weights. */
    public static Map<String, long[]> wholes(LlamaConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < config.layers(); i++) {
            shapes.put(attentionNorm(i), new long[] {config.hiddenSize()});
            shapes.put(feedForwardNorm(i), new long[] {config.hiddenSize()});
        }
        shapes.put(NORM, new long[] {config.hiddenSize()});
        shapes.put(HEAD, new long[] {config.vocabularySize(), config.hiddenSize()});
        return shapes;
    }

    static String attentionNorm(int layer) {
        return "model.layers." + layer + ".input_layernorm.weight";
    }

    static String feedForwardNorm(int layer) {
        return "model.layers." + layer + ".post_attention_layernorm.weight";
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

    private static Projection projection(WeightFiles files, List<Target> targets) {
        List<String> names = targets.stream().map(Target::weightName).toList();
        int[] outputs = targets.stream().mapToInt(Target::outputs).toArray();
        return new Projection(
                targets, files.stacked(names, outputs, targets.get(0).inputs()));
    }
}
