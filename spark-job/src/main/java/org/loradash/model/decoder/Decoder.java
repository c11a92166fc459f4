package org.loradash.model.decoder;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.loradash.autograd.Attention;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.OutputLoss;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.RmsNorm;
import org.loradash.autograd.Rows;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Projection;

/** A decoder in memory: its forward passes over sequences that lie end to end, and over the newest tokens of sequences in a cache. */
public final class Decoder implements Backbone {
    private static final String HEAD = DecoderShape.HEAD + ".weight";

    private final DecoderConfig config;
    private final DecoderWeights weights;
    private final Projection head;
    private final RotaryAngles angles;
    private final Attention.Heads heads;

    public Decoder(DecoderConfig config, DecoderWeights weights) {
        this.config = config;
        this.weights = weights;
        this.head = new Projection(List.of(DecoderWeights.head(config)), weights.head());
        this.angles = new RotaryAngles(config.rotaryFrequencies());
        this.heads = Attention.Heads.plain(config.heads(), config.keyHeads(), config.headWidth());
    }

    /** The model without its weights. */
    public DecoderShape shape() {
        return new DecoderShape(config);
    }

    @Override
    public long bytes() {
        return weights.bytes();
    }

    /**
     * Runs the model over sequences and records on the tape what its backward needs.
     *
     * @param tokens T token ids, sequences end to end
     * @param starts where each sequence begins, and T at the end
     * @param targets T: the token to be predicted at a position, or a negative number for none; one at least is wanted
     * @param scale of each labelled token's loss in the gradient, such as 1 / labelled tokens of the whole step
     * @return the sum of the labelled tokens' losses, unscaled
     */
    public double loss(Tape tape, int[] tokens, int[] starts, int[] targets, Changes changes, float scale) {
        int[] labelled =
                IntStream.range(0, targets.length).filter(i -> targets[i] >= 0).toArray();
        if (labelled.length == 0) {
            throw new IllegalArgumentException("batch: no token has a target (at least one must)");
        }
        if (changes.of(DecoderShape.HEAD).isPresent()) {
            throw new IllegalArgumentException(
                    "changes: low-rank of the output layer (must be of other layers in a loss)");
        }
        int[] predicted = IntStream.of(labelled).map(i -> targets[i]).toArray();
        Variable states = hiddenStates(tape, tokens, starts, changes);
        // The norm works row by row, so only the rows that predict something go on.
        Variable last = RmsNorm.apply(
                tape,
                Rows.gather(tape, states, labelled),
                norm(DecoderShape.NORM, weights.norm(), changes),
                config.normEpsilon());
        Optional<Parameter> trained = changes.whole(HEAD);
        return trained.isPresent()
                ? OutputLoss.apply(tape, last, trained.get(), predicted, scale)
                : OutputLoss.apply(tape, last, weights.head(), predicted, scale);
    }

    /**
     * The logits of every token of sequences; nothing is recorded.
     *
     * @param tokens T token ids, sequences end to end
     * @param starts where each sequence begins, and T at the end
     * @return T x vocabulary, in the tape's arena
     */
    public Tensor logits(Tape tape, int[] tokens, int[] starts, Changes changes) {
        return logits(tape, hiddenStates(tape, tokens, starts, changes), changes);
    }

    /**
     * Memory for keys and values of this model.
     *
     * @param slots for how many tokens, of layers with a window or with none
     * @throws IllegalArgumentException if there are none, or more than a layer's memory can have
     */
    public KeyValueCache cache(ToIntFunction<OptionalInt> slots) {
        return KeyValueCache.allocate(Collections.nCopies(config.layers(), heads), config.headWidth(), slots);
    }

    /**
     * Goes on with sequences by their newest tokens, whose keys and values are put into the cache; nothing is recorded.
     *
     * @param tokens T: the newest ones of each sequence, sequences end to end
     * @param wanted rows of the T whose logits are wanted, one at least
     * @return wanted x vocabulary, in the tape's arena
     */
    public Tensor continued(
            Tape tape, int[] tokens, CachedSequences sequences, KeyValueCache cache, int[] wanted, Changes changes) {
        Attention.Angles table = angles(sequences.positions());
        Attending cached = (inside, qkv, layer) ->
                Attention.cached(inside, qkv, heads, sequences, Optional.of(table), cache.layer(layer));
        Variable states = hiddenStates(tape, tokens, cached, changes);
        return logits(tape, Rows.gather(tape, states, wanted), changes);
    }

    private Tensor logits(Tape tape, Variable states, Changes changes) {
        LinearInput last = LinearInput.normalised(
                tape, states, norm(DecoderShape.NORM, weights.norm(), changes), config.normEpsilon());
        return changes.whole(HEAD)
                .map(trained -> Linear.trained(tape, last, trained, Optional.empty()))
                .orElseGet(() -> head.apply(tape, last, changes))
                .value();
    }

    /** A norm's weight: what is trained in its place, or the frozen one. */
    private static Parameter norm(String module, Tensor frozen, Changes changes) {
        return changes.whole(module + ".weight").orElseGet(() -> Parameter.frozen(frozen));
    }

    private Variable hiddenStates(Tape tape, int[] tokens, int[] starts, Changes changes) {
        int[] positions = positions(starts);
        Attention.Angles table = angles(positions);
        Attention.Sequences sequences = new Attention.Sequences(starts, positions);
        Attending attending =
                (inside, qkv, layer) -> Attention.apply(inside, qkv, heads, sequences, Optional.of(table));
        return hiddenStates(tape, tokens, attending, changes);
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
        DecoderWeights.Layer layer = weights.layers().get(index);
        Parameter before = norm(DecoderWeights.attentionNorm(index), layer.attentionNorm(), changes);
        LinearInput h = LinearInput.normalised(tape, x, before, config.normEpsilon());
        Variable qkv = layer.queryKeyValue().apply(tape, h, changes);
        LinearInput attended = LinearInput.of(attending.apply(tape, qkv, index));
        x = Sum.add(tape, x, layer.output().apply(tape, attended, changes));

        Parameter between = norm(DecoderWeights.feedForwardNorm(index), layer.feedForwardNorm(), changes);
        h = LinearInput.normalised(tape, x, between, config.normEpsilon());
        LinearInput gated = LinearInput.gated(layer.gateUp().apply(tape, h, changes));
        return Sum.add(tape, x, layer.down().apply(tape, gated, changes));
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
