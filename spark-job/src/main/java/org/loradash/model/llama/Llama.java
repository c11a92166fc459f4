package org.loradash.model.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.loradash.autograd.Attention;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.OutputChanges;
import org.loradash.autograd.OutputLoss;
import org.loradash.autograd.RmsNorm;
import org.loradash.autograd.Rows;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.model.Target;

/** LLaMA's forward pass over sequences that lie end to end. */
public final class Llama implements Model {
    private final LlamaConfig config;
    private final LlamaWeights weights;
    private final RotaryAngles angles;

    public Llama(LlamaConfig config, LlamaWeights weights) {
        this.config = config;
        this.weights = weights;
        this.angles = new RotaryAngles(config.rotaryFrequencies());
    }

    @Override
    public List<Target> targets() {
        return LlamaWeights.targets(config);
    }

    @Override
    public long bytes() {
        return weights.bytes();
    }

    @Override
    public double loss(Tape tape, Batch batch, Changes changes, float scale) {
        int[] labelled = IntStream.range(0, batch.targets().length)
                .filter(i -> batch.targets()[i] >= 0)
                .toArray();
        if (labelled.length == 0) {
            throw new IllegalArgumentException("batch: no token has a target (at least one must)");
        }
        int[] targets = IntStream.of(labelled).map(i -> batch.targets()[i]).toArray();
        Variable states = hiddenStates(tape, batch, changes);
        // The norm works row by row, so only the rows that predict something go on.
        Variable last = RmsNorm.apply(tape, Rows.gather(tape, states, labelled), weights.norm(), config.normEpsilon());
        return OutputLoss.apply(tape, last, weights.head(), targets, scale);
    }

    @Override
    public Tensor logits(Tape tape, Batch batch, Changes changes) {
        LinearInput last =
                LinearInput.normalised(tape, hiddenStates(tape, batch, changes), weights.norm(), config.normEpsilon());
        return Linear.apply(tape, last, weights.head(), Optional.empty()).value();
    }

    @Override
    public KeyValueCache cache(int slots) {
        return KeyValueCache.allocate(config.layers(), slots, config.keyHeads(), config.headWidth());
    }

    @Override
    public Tensor continued(
            Tape tape, int[] tokens, CachedSequences sequences, KeyValueCache cache, int[] wanted, Changes changes) {
        Attention.Angles table = angles(sequences.positions());
        Attending cached = (inside, qkv, layer) ->
                Attention.cached(inside, qkv, config.heads(), config.keyHeads(), sequences, table, cache.layer(layer));
        Variable states = hiddenStates(tape, tokens, cached, changes);
        LinearInput last =
                LinearInput.normalised(tape, Rows.gather(tape, states, wanted), weights.norm(), config.normEpsilon());
        return Linear.apply(tape, last, weights.head(), Optional.empty()).value();
    }

    private Variable hiddenStates(Tape tape, Batch batch, Changes changes) {
        int[] positions = positions(batch.starts());
        Attention.Angles table = angles(positions);
        Attention.Shape shape = new Attention.Shape(config.heads(), config.keyHeads(), batch.starts(), positions);
        return hiddenStates(
                tape, batch.tokens(), (inside, qkv, layer) -> Attention.apply(inside, qkv, shape, table), changes);
    }

    /** What tokens attend to: those before them in a batch, or in a cache. */
    @FunctionalInterface
    private interface Attending {
        Variable apply(Tape tape, Variable qkv, int layer);
    }

    private Variable hiddenStates(Tape tape, int[] tokens, Attending attending, Changes changes) {
        Variable x = Embedding.apply(tape, weights.embedding(), tokens);
        for (int i = 0; i < weights.layers().size(); i++) {
            int index = i;
            x = tape.block(x, (inside, before) -> layer(inside, before, index, attending, changes));
        }
        return x;
    }

    private Attention.Angles angles(int[] positions) {
        return angles.upTo(1 + IntStream.of(positions).max().orElse(0));
    }

    private Variable layer(Tape tape, Variable x, int index, Attending attending, Changes changes) {
        LlamaWeights.Layer layer = weights.layers().get(index);
        LinearInput h = LinearInput.normalised(tape, x, layer.attentionNorm(), config.normEpsilon());
        Variable qkv = linear(tape, h, layer.queryKeyValue(), changes);
        LinearInput attended = LinearInput.of(attending.apply(tape, qkv, index));
        x = Sum.add(tape, x, linear(tape, attended, layer.output(), changes));

        h = LinearInput.normalised(tape, x, layer.feedForwardNorm(), config.normEpsilon());
        LinearInput gated = LinearInput.gated(linear(tape, h, layer.gateUp(), changes));
        return Sum.add(tape, x, linear(tape, gated, layer.down(), changes));
    }

    private static Variable linear(Tape tape, LinearInput x, LlamaWeights.Projection projection, Changes changes) {
        List<OutputChanges.Part> parts = new ArrayList<>();
        List<OutputChanges.DensePart> dense = new ArrayList<>();
        int output = 0;
        for (Target target : projection.targets()) {
            int from = output;
            changes.of(target.name())
                    .ifPresent(
                            change -> parts.add(new OutputChanges.Part(from, change, changes.dropout(target.name()))));
            changes.dense(target.name()).ifPresent(change -> dense.add(new OutputChanges.DensePart(from, change)));
            output += target.outputs();
        }
        return Linear.apply(
                tape,
                x,
                projection.weight(),
                parts.isEmpty() && dense.isEmpty() ? Optional.empty() : Optional.of(new OutputChanges(parts, dense)));
    }

    /** Each token's place in its sequence. */
    private static int[] positions(int[] starts) {
        int[] positions = new int[starts[starts.length - 1]];
        for (int sequence = 0; sequence + 1 < starts.length; sequence++) {
            for (int i = starts[sequence]; i < starts[sequence + 1]; i++) {
                positions[i] = i - starts[sequence];
            }
        }
        return positions;
    }
}
