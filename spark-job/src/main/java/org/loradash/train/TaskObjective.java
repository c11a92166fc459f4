package org.loradash.train;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Dense;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.Tape;
import org.loradash.config.Seeds;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.task.Measurement;
import org.loradash.task.Task;

/**
 * The mean loss of a frozen model with an adapter.
 *
 * <p>A batch is cut in slices that go through the model one after the other, which bounds the memory of
 * a step. All threads compute each operation of a slice together, in parts that depend on shapes alone: what a step
 * computes does not depend on how many threads there are, down to the last bit.
 */
public final class TaskObjective<B> implements Objective<B> {
    private final Task<?, B> task;
    private final Backbone model;
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
     * @param slicing how a batch is cut in parts that are computed at a time
     * @param blockValues whether the values inside a model's blocks are kept for the backward pass or made again
     * @param arithmetic of products of matrices
     */
    public record Options(
            double dropout, int threads, Task.Slicing slicing, Tape.BlockValues blockValues, Arithmetic arithmetic)
            implements Serializable {

        /** In float32. */
        public Options(double dropout, int threads, Task.Slicing slicing, Tape.BlockValues blockValues) {
            this(dropout, threads, slicing, blockValues, Arithmetic.FLOAT32);
        }
    }

    public TaskObjective(Task<?, B> task, Backbone model, Adapter adapter, Options options, KernelProvider provider) {
        this(task, model, adapter, options, provider, UnaryOperator.identity());
    }

    /** @param observed wraps the kernels, for whoever wants to see what a step computes */
    public TaskObjective(
            Task<?, B> task,
            Backbone model,
            Adapter adapter,
            Options options,
            KernelProvider provider,
            UnaryOperator<Kernels> observed) {
        this.task = task;
        this.model = model;
        this.options = options;
        this.chainRule = new ChainRule(adapter);
        this.changes = ChangeFactors.allocate(adapter);
        this.gradients = ChangeFactors.allocate(adapter);
        this.kernels = observed.apply(provider.open(options.threads(), options.arithmetic()));
        this.tape = new Tape(kernels, new Arena(), options.blockValues());
        this.parameters = adapter.parameters();
    }

    @Override
    public int parameters() {
        return parameters;
    }

    @Override
    public long size(B batch) {
        return task.size(batch);
    }

    @Override
    public long computed(B batch) {
        return task.computed(batch, options.slicing());
    }

    @Override
    public long weight(B batch) {
        return task.weight(batch);
    }

    @Override
    public double lossAndGradient(B batch, Tensor values, Tensor gradient, long seed) {
        List<B> slices = task.slices(batch, options.slicing());
        float scale = 1f / task.weight(batch);
        chainRule.changes(kernels, values, changes);
        gradients.memory().fill(0f);
        Map<String, Dense> dense = chainRule.dense(values, Optional.of(gradient));
        Map<String, Parameter> whole = chainRule.whole(values, Optional.of(gradient));
        double sum = 0;
        for (int slice = 0; slice < slices.size(); slice++) {
            tape.reset();
            sum += task.loss(
                    tape,
                    model,
                    slices.get(slice),
                    changes(dense, whole, OptionalLong.of(Seeds.mix(seed, slice))),
                    scale);
            tape.backward();
        }
        chainRule.backward(kernels, changes, gradients, gradient);
        return sum / task.weight(batch);
    }

    /** Of the same slices as a step's, one after the other in the same memory, so that it takes no more than a step does. */
    @Override
    public Measurement measure(B batch, Tensor values) {
        chainRule.changes(kernels, values, changes);
        SliceChanges withoutDropout = withoutDropout(values);
        Tape forward = Tape.forward(kernels, tape.arena());
        return task.measure(forward, model, batch, options.slicing(), withoutDropout);
    }

    @Override
    public List<byte[]> samples(Tensor values, Configuration hadoop) throws IOException {
        chainRule.changes(kernels, values, changes);
        return task.samples(kernels, model, withoutDropout(values), hadoop);
    }

    /** Ends the threads, and gives the memory back in which activations were. */
    @Override
    public void close() {
        kernels.close();
        tape.arena().free();
    }

    private SliceChanges withoutDropout(Tensor values) {
        return changes(
                chainRule.dense(values, Optional.empty()),
                chainRule.whole(values, Optional.empty()),
                OptionalLong.empty());
    }

    private SliceChanges changes(Map<String, Dense> dense, Map<String, Parameter> whole, OptionalLong seed) {
        return new SliceChanges(changes, gradients, dense, whole, options.dropout(), seed);
    }
}
