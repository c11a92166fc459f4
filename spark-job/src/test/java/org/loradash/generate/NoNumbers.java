package org.loradash.generate;

import java.util.Arrays;
import java.util.List;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Tape;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.Model;
import org.loradash.model.Target;

/** A model whose logits are all the same value, such as NaN: what comes of weights that overflow as they are multiplied. */
public record NoNumbers(Model model, float logit) implements Model {
    @Override
    public List<Target> targets() {
        return model.targets();
    }

    @Override
    public long bytes() {
        return model.bytes();
    }

    @Override
    public double loss(Tape tape, Batch batch, Changes changes, float scale) {
        return logit;
    }

    @Override
    public Tensor logits(Tape tape, Batch batch, Changes changes) {
        return filled(model.logits(tape, batch, changes));
    }

    @Override
    public KeyValueCache cache(int slots) {
        return model.cache(slots);
    }

    @Override
    public Tensor continued(
            Tape tape, int[] tokens, CachedSequences sequences, KeyValueCache cache, int[] wanted, Changes changes) {
        return filled(model.continued(tape, tokens, sequences, cache, wanted, changes));
    }

    private Tensor filled(Tensor logits) {
        float[] values = new float[logits.rows() * logits.columns()];
        Arrays.fill(values, logit);
        return Tensor.of(logits.rows(), logits.columns(), values);
    }
}
