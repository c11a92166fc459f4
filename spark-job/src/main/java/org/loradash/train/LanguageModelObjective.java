package org.loradash.train;

import java.util.List;
import java.util.stream.IntStream;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChainRule;
import org.loradash.adapter.Factors;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Model;

/**
 * The mean loss of a frozen model with an adapter.
 *
 * <p>A batch is cut in slices of whole sequences. Each lane takes the next slice, runs it forward and backward, and adds
 * its gradient to the sum when the slices before it have been added. What a step computes therefore does not depend on
 * how many lanes there are, down to the last bit.
 */
public final class LanguageModelObjective implements Objective<Batch>, AutoCloseable {
    private final Model model;
    private final Adapter adapter;
    private final Options options;
    private final ChainRule chainRule;
    private final Factors changes;
    private final Factors gradients;
    private final List<Lane> lanes;

    /**
     * @param dropout probability that an element of an adapter's input is zeroed, from 0 to below 1
     * @param threads that compute a batch together
     * @param sliceTokens about how many tokens a thread computes at a time
     * @param packing whether a slice holds several sequences, or one
     */
    public record Options(double dropout, int threads, int sliceTokens, boolean packing) {}

    public LanguageModelObjective(Model model, Adapter adapter, Options options, KernelProvider provider) {
        this.model = model;
        this.adapter = adapter;
        this.options = options;
        this.chainRule = new ChainRule(adapter);
        this.changes = Factors.allocate(adapter);
        this.gradients = Factors.allocate(adapter);
        this.lanes = IntStream.range(0, options.threads())
                .mapToObj(i -> new Lane("lane-" + i, adapter, provider))
                .toList();
    }

    @Override
    public int parameters() {
        return adapter.parameters();
    }

    @Override
    public double lossAndGradient(Batch batch, Tensor parameters, Tensor gradient, long seed) {
        List<Batch> slices = batch.slices(options.packing() ? options.sliceTokens() : 1);
        float scale = 1f / batch.labelledTokens();
        double[] losses = new double[slices.size()];
        Turns turns = new Turns(slices.size());
        first().run(lane -> chainRule.changes(lane.kernels(), parameters, changes));
        Lane.runAll(
                lanes.subList(0, Math.min(lanes.size(), slices.size())),
                lane -> turns.takeAll(slice -> {
                    LaneChanges ofSlice =
                            new LaneChanges(changes, lane.gradients(), options.dropout(), Seeds.mix(seed, slice));
                    losses[slice] = model.loss(lane.freshTape(), slices.get(slice), ofSlice, scale);
                    lane.backward();
                    return () -> addGradients(lane, slice);
                }));
        first().run(lane -> chainRule.backward(lane.kernels(), changes, gradients, gradient));
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum / batch.labelledTokens();
    }

    /** The logits of every token of a batch, tokens x vocabulary row by row, without dropout. */
    public float[] logits(Batch batch, Tensor parameters) {
        float[][] logits = new float[1][];
        first().run(lane -> {
            chainRule.changes(lane.kernels(), parameters, changes);
            LaneChanges ofBatch = new LaneChanges(changes, lane.gradients(), 0, 0);
            logits[0] = model.logits(lane.freshTape(), batch, ofBatch).toArray();
        });
        return logits[0];
    }

    /** Every target's change at the given parameters; valid until the next call of this objective. */
    public Factors changes(Tensor parameters) {
        first().run(lane -> chainRule.changes(lane.kernels(), parameters, changes));
        return changes;
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }

    private Lane first() {
        return lanes.get(0);
    }

    private void addGradients(Lane lane, int slice) {
        if (slice == 0) {
            lane.kernels().copy(lane.gradients().memory(), gradients.memory());
        } else {
            lane.kernels().add(lane.gradients().memory(), 1f, gradients.memory());
        }
    }
}
