package org.loradash.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Tape;
import org.loradash.config.Seeds;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Model;

/**
 * The mean loss of a frozen model with an adapter.
 *
 * <p>A batch is cut in slices of whole sequences that go through the model one after the other, which bounds the memory of
 * a step. All threads compute each operation of a slice together, in parts that depend on shapes alone: what a step
 * computes does not depend on how many threads there are, down to the last bit.
 */
public final class LanguageModelObjective implements Objective<Batch> {
    private final Model model;
    private final Options options;
    private final ChainRule chainRule;
    private final ChangeFactors changes;
    private final ChangeFactors gradients;
    private final Kernels kernels;
    private final Tape tape;
    private final int parameters;

    /**
     * @param dropout probability that an element of an adapter's input is zeroed, from 0 to below 1
     * @param threads that compute together, the caller's among them
     * @param sliceTokens about how many tokens are computed at a time
     * @param packing whether a slice holds several sequences, or one
     * @param blockValues whether the values inside a model's blocks are kept for the backward pass or made again
     */
    public record Options(
            double dropout, int threads, int sliceTokens, boolean packing, Tape.BlockValues blockValues) {}

    public LanguageModelObjective(Model model, Adapter adapter, Options options, KernelProvider provider) {
        this(model, adapter, options, provider, UnaryOperator.identity());
    }

    /** @param observed wraps the kernels, for whoever wants to see what a step computes */
    public LanguageModelObjective(
            Model model, Adapter adapter, Options options, KernelProvider provider, UnaryOperator<Kernels> observed) {
        this.model = model;
        this.options = options;
        this.chainRule = new ChainRule(adapter);
        this.changes = ChangeFactors.allocate(adapter);
        this.gradients = ChangeFactors.allocate(adapter);
        this.kernels = observed.apply(provider.open(options.threads()));
        this.tape = new Tape(kernels, new Arena(), options.blockValues());
        this.parameters = adapter.parameters();
    }

    @Override
    public int parameters() {
        return parameters;
    }

    @Override
    public double lossAndGradient(Batch batch, Tensor values, Tensor gradient, long seed) {
        List<Batch> slices = slices(batch);
        float scale = 1f / batch.labelledTokens();
        chainRule.changes(kernels, values, changes);
        gradients.memory().fill(0f);
        Map<String, Dense> dense = chainRule.dense(values, Optional.of(gradient));
        double sum = 0;
        for (int slice = 0; slice < slices.size(); slice++) {
            tape.reset();
            sum += model.loss(
                    tape, slices.get(slice), changes(dense, options.dropout(), Seeds.mix(seed, slice)), scale);
            tape.backward();
        }
        chainRule.backward(kernels, changes, gradients, gradient);
        return sum / batch.labelledTokens();
    }

    /** Of the same slices as a step's, one after the other in the same memory, so that it takes no more than a step does. */
    @Override
    public double loss(Batch batch, Tensor values) {
        chainRule.changes(kernels, values, changes);
        SliceChanges withoutDropout = changes(chainRule.dense(values, Optional.empty()), 0, 0);
        Tape forward = Tape.forward(kernels, tape.arena());
        double sum = 0;
        for (Batch slice : slices(batch)) {
            forward.reset();
            sum += model.loss(forward, slice, withoutDropout, 1f);
        }
        return sum;
    }

    private List<Batch> slices(Batch batch) {
        return options.packing() ? batch.slices(options.sliceTokens()) : batch.separate();
    }

    /** The logits of every token of a batch, tokens x vocabulary row by row, without dropout. */
    public float[] logits(Batch batch, Tensor values) {
        chainRule.changes(kernels, values, changes);
        tape.reset();
        return model.logits(tape, batch, changes(chainRule.dense(values, Optional.empty()), 0, 0))
                .toArray();
    }

    /** Every target's low-rank change at the given parameters; valid until the next call of this objective. */
    public ChangeFactors changes(Tensor values) {
        chainRule.changes(kernels, values, changes);
        return changes;
    }

    /** Ends the threads, and gives the memory back in which activations were. */
    @Override
    public void close() {
        kernels.close();
        tape.arena().free();
    }

    private SliceChanges changes(Map<String, Dense> dense, double dropout, long seed) {
        return new SliceChanges(changes, gradients, dense, dropout, seed);
    }
}
