package org.loradash.model.encoder;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.loradash.autograd.Activate;
import org.loradash.autograd.Attention;
import org.loradash.autograd.Dropped;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.LayerNorm;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.RelativeAttention;
import org.loradash.autograd.Rows;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.encoder.EncoderWeights.Layer;
import org.loradash.model.encoder.EncoderWeights.Norm;

/** An encoder in memory: its forward pass over texts that lie end to end. */
public final class Encoder implements Backbone {
    private final EncoderConfig config;
    private final EncoderWeights weights;

    Encoder(EncoderConfig config, EncoderWeights weights) {
        this.config = config;
        this.weights = weights;
    }

    @Override
    public long bytes() {
        return weights.bytes();
    }

    /**
     * What the head says of texts: scores of classes before the softmax, or a number.
     *
     * @param tokens T token ids, texts end to end, each with its special tokens
     * @param types T token types
     * @param starts where each text begins, and T at the end
     * @param dropout probability that an input of the head's last layer is zeroed, where this pass is random
     * @return texts x outputs
     */
    public Variable outputs(Tape tape, int[] tokens, byte[] types, int[] starts, Changes changes, double dropout) {
        Variable x = embedded(tape, tokens, types, starts, changes);
        Optional<RelativeAttention.Shape> relative = config.relative().map(given -> relative(given, starts));
        Optional<Variable> distances = relative.map(shape -> distances(tape, shape));
        int[] first = Arrays.copyOf(starts, starts.length - 1);
        for (int i = 0; i < config.layers(); i++) {
            int index = i;
            // The head reads the first token of each text alone: behind the last attention nothing else goes on.
            boolean last = i + 1 == config.layers();
            x = tape.block(
                    Stream.concat(Stream.of(x), distances.stream()).toList(),
                    last ? first.length : tokens.length,
                    config.hiddenSize(),
                    (inside, inputs) -> {
                        Variable before = inputs.get(0);
                        Variable attended = attended(inside, inputs, index, starts, relative, changes);
                        return last
                                ? rest(
                                        inside,
                                        Rows.gather(inside, before, first),
                                        Rows.gather(inside, attended, first),
                                        index,
                                        changes)
                                : rest(inside, before, attended, index, changes);
                    });
        }
        return head(tape, x, changes, dropout);
    }

    private RelativeAttention.Shape relative(EncoderConfig.Relative given, int[] starts) {
        return new RelativeAttention.Shape(config.heads(), starts, given.positions(), given.keys(), given.queries());
    }

    /** Words, positions and token types together, normed. */
    private Variable embedded(Tape tape, int[] tokens, byte[] types, int[] starts, Changes changes) {
        Variable sum = Embedding.apply(tape, weights.words(), tokens);
        if (weights.positions().isPresent()) {
            sum = Sum.add(tape, Embedding.apply(tape, weights.positions().get(), positions(starts)), sum);
        }
        if (weights.types().isPresent()) {
            int[] rows = IntStream.range(0, types.length).map(i -> types[i]).toArray();
            sum = Sum.add(tape, Embedding.apply(tape, weights.types().get(), rows), sum);
        }
        return norm(tape, sum, config.names().embeddingNorm(), weights.norm(), changes);
    }

    /** Each token's row of the position embedding. */
    private int[] positions(int[] starts) {
        int[] positions = new int[starts[starts.length - 1]];
        for (int text = 0; text + 1 < starts.length; text++) {
            for (int i = starts[text]; i < starts[text + 1]; i++) {
                positions[i] = config.firstPosition() + i - starts[text];
            }
        }
        return positions;
    }

    /** What stands for the distances that the texts' tokens have: rows of the table, normed. */
    private Variable distances(Tape tape, RelativeAttention.Shape shape) {
        EncoderWeights.Distances table = weights.distances().orElseThrow();
        int longest = shape.longest();
        int[] rows = IntStream.range(
                        shape.positions().from(longest), shape.positions().to(longest))
                .toArray();
        Variable chosen = Embedding.apply(tape, table.embedding(), rows);
        return table.norm()
                .map(norm -> LayerNorm.apply(tape, chosen, norm.weight(), norm.bias(), config.normEpsilon()))
                .orElse(chosen);
    }

    /**
     * What a block's tokens have attended to.
     *
     * @param inputs the block's, and what stands for distances where attention is relative
     */
    private Variable attended(
            Tape tape,
            List<Variable> inputs,
            int index,
            int[] starts,
            Optional<RelativeAttention.Shape> relative,
            Changes changes) {
        Layer layer = weights.layers().get(index);
        Variable qkv = layer.queryKeyValue().apply(tape, LinearInput.of(inputs.get(0)), changes);
        if (relative.isEmpty()) {
            return Attention.bothWays(tape, qkv, config.heads(), starts);
        }
        Projection ofDistances = layer.ofDistances().orElseThrow();
        return RelativeAttention.apply(
                tape, qkv, ofDistances.apply(tape, LinearInput.of(inputs.get(1)), changes), relative.get());
    }

    /** A block behind its attention. */
    private Variable rest(Tape tape, Variable before, Variable attended, int index, Changes changes) {
        Layer layer = weights.layers().get(index);
        EncoderNames names = config.names();
        Variable output = layer.attentionOutput().apply(tape, LinearInput.of(attended), changes);
        Variable between =
                norm(tape, Sum.add(tape, before, output), names.attentionNorm(index), layer.attentionNorm(), changes);
        Variable inner = layer.intermediate().apply(tape, LinearInput.of(between), changes);
        Variable fed = layer.output().apply(tape, LinearInput.activated(inner, config.activation()), changes);
        return norm(tape, Sum.add(tape, between, fed), names.outputNorm(index), layer.outputNorm(), changes);
    }

    private Variable norm(Tape tape, Variable x, String module, Norm frozen, Changes changes) {
        return LayerNorm.apply(
                tape,
                x,
                changes.whole(module + ".weight").orElseGet(() -> Parameter.frozen(frozen.weight())),
                changes.whole(module + ".bias").orElseGet(() -> Parameter.frozen(frozen.bias())),
                config.normEpsilon());
    }

    private Variable head(Tape tape, Variable first, Changes changes, double dropout) {
        EncoderNames names = config.names();
        Variable pooled = Activate.apply(tape, linear(tape, first, names.pooler(), changes), config.poolerActivation());
        Variable dropped = Dropped.apply(tape, pooled, changes.dropout(names.classifier(), dropout));
        return linear(tape, dropped, names.classifier(), changes);
    }

    /** A layer of the head: what is trained in its place, or the frozen one. */
    private Variable linear(Tape tape, Variable x, String name, Changes changes) {
        return Linear.trained(
                tape,
                LinearInput.of(x),
                ofHead(name + ".weight", changes),
                Optional.of(ofHead(name + ".bias", changes)));
    }

    private Parameter ofHead(String tensor, Changes changes) {
        return changes.whole(tensor)
                .or(() -> Optional.ofNullable(weights.head().get(tensor)).map(Parameter::frozen))
                .orElseThrow(() -> new IllegalArgumentException(
                        tensor + " is neither in the model's files nor trained (must be one of them)"));
    }
}
