package org.loradash.model.decoder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.loradash.autograd.Attention;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.Embedding;
import org.loradash.autograd.HeadNorm;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.OutputLoss;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.RmsNorm;
import org.loradash.autograd.Rows;
import org.loradash.autograd.Scaled;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.SoftCap;
import org.loradash.kernel.operation.Targets;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Projection;
import org.loradash.model.decoder.DecoderWeights.Norm;

/** A decoder in memory: its forward passes over sequences that lie end to end, and over the newest tokens of sequences in a cache. */
public final class Decoder implements Backbone {
    private static final String HEAD = DecoderNames.HEAD + ".weight";

    private final DecoderShape shape;
    private final DecoderConfig config;
    private final DecoderWeights weights;
    private final Projection head;
    private final Map<Rotation, RotaryAngles> angles;

    public Decoder(DecoderShape shape, DecoderWeights weights) {
        this.shape = shape;
        this.config = shape.config();
        this.weights = weights;
        this.head = new Projection(List.of(new DecoderNames(config).head()), weights.head());
        this.angles = config.layers().stream()
                .flatMap(layer -> layer.rotation().stream())
                .distinct()
                .collect(Collectors.toUnmodifiableMap(rotation -> rotation, RotaryAngles::new));
    }

    /** The model without its weights. */
    public DecoderShape shape() {
        return shape;
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
        Forest sequences = Forest.of(starts);
        return loss(tape, tokens, sequences, sequences.height(), Targets.atMostOne(targets), changes, scale);
    }

    /**
     * The same of tokens some of which several sequences have in common, as a part of a batch.
     *
     * @param forest how the T tokens hang together
     * @param longest the longest sequence of the batch, in tokens, on which some models' rotary angles depend
     * @param targets of T rows: the tokens to be predicted at a position, any number; one at least is wanted
     */
    public double loss(
            Tape tape, int[] tokens, Forest forest, int longest, Targets targets, Changes changes, float scale) {
        int[] labelled = targets.given();
        if (labelled.length == 0) {
            throw new IllegalArgumentException("batch: no token has a target (at least one must)");
        }
        if (changes.of(DecoderNames.HEAD).isPresent()) {
            throw new IllegalArgumentException(
                    "changes: low-rank of the output layer (must be of other layers in a loss)");
        }
        Targets predicted = targets.ofGiven();
        Variable states = hiddenStates(tape, tokens, forest, longest, changes);
        // The norm works row by row, so only the rows that predict something go on.
        Variable last = last(tape, Rows.gather(tape, states, labelled), changes);
        Optional<Parameter> trained = changes.whole(HEAD);
        return trained.isPresent()
                ? OutputLoss.capped(tape, last, trained.get(), predicted, scale, config.logitCap())
                : OutputLoss.capped(tape, last, weights.head(), predicted, scale, config.logitCap());
    }

    /**
     * The logits of every token of sequences; nothing is recorded.
     *
     * @param tokens T token ids, sequences end to end
     * @param starts where each sequence begins, and T at the end
     * @return T x vocabulary, in the tape's arena
     */
    public Tensor logits(Tape tape, int[] tokens, int[] starts, Changes changes) {
        Forest sequences = Forest.of(starts);
        return logits(tape, hiddenStates(tape, tokens, sequences, sequences.height(), changes), changes);
    }

    /**
     * The logits of some tokens of sequences; nothing is recorded.
     *
     * @param wanted rows of the T tokens, one at least
     * @return wanted x vocabulary, in the tape's arena
     */
    public Tensor logits(Tape tape, int[] tokens, int[] starts, int[] wanted, Changes changes) {
        Forest sequences = Forest.of(starts);
        Variable states = hiddenStates(tape, tokens, sequences, sequences.height(), changes);
        return logits(tape, Rows.gather(tape, states, wanted), changes);
    }

    /**
     * Memory for keys and values of this model.
     *
     * @param slots for how many tokens, of layers with a window or with none
     * @throws IllegalArgumentException if there are none, or more than a layer's memory can have
     */
    public KeyValueCache cache(ToIntFunction<OptionalInt> slots) {
        List<Attention.Heads> heads =
                config.layers().stream().map(DecoderConfig.Layer::heads).toList();
        return KeyValueCache.allocate(heads, config.headWidth(), slots);
    }

    /**
     * Goes on with sequences by their newest tokens, whose keys and values are put into the cache; nothing is recorded.
     *
     * @param tokens T: the newest ones of each sequence, sequences end to end
     * @param longest the longest sequence, on which some models' rotary angles depend: the same in all calls of one cache
     * @param wanted rows of the T whose logits are wanted, one at least
     * @return wanted x vocabulary, in the tape's arena
     */
    public Tensor continued(
            Tape tape,
            int[] tokens,
            CachedSequences sequences,
            int longest,
            KeyValueCache cache,
            int[] wanted,
            Changes changes) {
        Attending cached = (inside, qkv, layer) ->
                Attention.cached(inside, qkv, heads(layer), sequences, angles(layer, longest), cache.layer(layer));
        Variable states = hiddenStates(tape, tokens, cached, changes);
        return logits(tape, Rows.gather(tape, states, wanted), changes);
    }

    private Tensor logits(Tape tape, Variable states, Changes changes) {
        LinearInput last = LinearInput.of(last(tape, states, changes));
        Tensor logits = changes.whole(HEAD)
                .map(trained -> Linear.trained(tape, last, trained, Optional.empty()))
                .orElseGet(() -> head.apply(tape, last, changes))
                .value();
        if (config.logitCap() < Float.POSITIVE_INFINITY) {
            tape.kernels().run(new SoftCap(logits, config.logitCap()));
        }
        return logits;
    }

    /** What the output layer is applied to. */
    private Variable last(Tape tape, Variable states, Changes changes) {
        Parameter gain = gain(tape, new Norm(DecoderNames.NORM, weights.norm()), changes);
        Variable normed = RmsNorm.apply(tape, states, gain, config.norms().epsilon());
        return Scaled.apply(tape, normed, config.multipliers().logits());
    }

    /** What a norm multiplies by: that of the weight which is trained in its place, or the frozen one. */
    private Parameter gain(Tape tape, Norm norm, Changes changes) {
        Optional<Parameter> trained = changes.whole(norm.module() + ".weight");
        float offset = config.norms().offset();
        if (trained.isEmpty() || offset == 0) {
            return trained.orElseGet(() -> Parameter.frozen(norm.gain()));
        }
        Tensor gain = tape.arena().take(1, norm.gain().columns());
        gain.fill(offset);
        tape.kernels().run(new Add(trained.get().value(), 1f, gain));
        return new Parameter(gain, trained.get().gradient());
    }

    private Variable hiddenStates(Tape tape, int[] tokens, Forest forest, int longest, Changes changes) {
        Attending attending =
                (inside, qkv, layer) -> Attention.apply(inside, qkv, heads(layer), forest, angles(layer, longest));
        return hiddenStates(tape, tokens, attending, changes);
    }

    private Attention.Heads heads(int layer) {
        return config.layers().get(layer).heads();
    }

    private Optional<Attention.Angles> angles(int layer, int longest) {
        return config.layers().get(layer).rotation().map(rotation -> angles.get(rotation)
                .of(longest));
    }

    /** What tokens attend to: those before them in a batch, or in a cache. */
    @FunctionalInterface
    private interface Attending {
        Variable apply(Tape tape, Variable qkv, int layer);
    }

    private Variable hiddenStates(Tape tape, int[] tokens, Attending attending, Changes changes) {
        Variable x = Scaled.apply(
                tape,
                Embedding.apply(tape, weights.embedding(), tokens),
                config.multipliers().embedding());
        for (int i = 0; i < weights.layers().size(); i++) {
            int index = i;
            x = tape.block(x, (inside, before) -> layer(inside, before, index, attending, changes));
        }
        return x;
    }

    private Variable layer(Tape tape, Variable x, int index, Attending attending, Changes changes) {
        DecoderWeights.Layer layer = weights.layers().get(index);
        LinearInput h = normed(tape, x, layer.beforeAttention(), changes);
        Variable qkv = withNormedHeads(tape, layer.queryKeyValue().apply(tape, h, changes), layer, changes);
        LinearInput attended = LinearInput.of(attending.apply(tape, qkv, index));
        x = added(tape, x, layer.output().apply(tape, attended, changes), layer.afterAttention(), changes);

        h = normed(tape, x, layer.beforeFeedForward(), changes);
        LinearInput gated = LinearInput.gated(layer.gateUp().apply(tape, h, changes), config.activation());
        return added(tape, x, layer.down().apply(tape, gated, changes), layer.afterFeedForward(), changes);
    }

    private LinearInput normed(Tape tape, Variable x, Optional<Norm> norm, Changes changes) {
        return norm.map(by -> LinearInput.normalised(
                        tape, x, gain(tape, by, changes), config.norms().epsilon()))
                .orElseGet(() -> LinearInput.of(x));
    }

    private Variable withNormedHeads(Tape tape, Variable qkv, DecoderWeights.Layer layer, Changes changes) {
        if (layer.queries().isEmpty() || layer.keys().isEmpty()) {
            return qkv;
        }
        int keysFrom = config.heads() * config.headWidth();
        int valuesFrom = keysFrom + config.keyHeads() * config.headWidth();
        Parameter queries = gain(tape, layer.queries().get(), changes);
        Parameter keys = gain(tape, layer.keys().get(), changes);
        return HeadNorm.apply(
                tape,
                qkv,
                List.of(new HeadNorm.Heads(0, keysFrom, queries), new HeadNorm.Heads(keysFrom, valuesFrom, keys)),
                config.norms().epsilon());
    }

    /** The stream, and what a block's attention or feed-forward adds to it. */
    private Variable added(Tape tape, Variable x, Variable out, Optional<Norm> norm, Changes changes) {
        Variable normed = norm.map(by -> RmsNorm.apply(
                        tape, out, gain(tape, by, changes), config.norms().epsilon()))
                .orElse(out);
        return Sum.add(tape, x, Scaled.apply(tape, normed, config.multipliers().residual()));
    }
}
