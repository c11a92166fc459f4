package org.loradash.model;

import java.util.List;
import org.loradash.autograd.CachedSequences;
import org.loradash.autograd.KeyValueCache;
import org.loradash.autograd.Tape;
import org.loradash.data.Batch;
import org.loradash.kernel.Tensor;

/** A frozen model in memory, shared by all threads of a process. */
public interface Model {

    /** Every linear layer that can be adapted, in the model's order. */
    List<Target> targets();

    /** The memory of all frozen weights. */
    long bytes();

    /**
     * Runs the model over a packed batch and records on the tape what its backward needs.
     *
     * @param batch with at least one labelled token
     * @param scale of each labelled token's loss in the gradient, such as 1 / labelled tokens of the whole step
     * @return the sum of the labelled tokens' losses, unscaled
     */
    double loss(Tape tape, Batch batch, Changes changes, float scale);

    /**
     * The logits of every token of a packed batch; nothing is recorded.
     *
     * @return T x vocabulary, in the tape's arena
     */
    Tensor logits(Tape tape, Batch batch, Changes changes);

    /**
     * Memory for keys and values of that many tokens of this model.
     *
     * @throws IllegalArgumentException if there are none, or more than a layer's memory can have
     */
    KeyValueCache cache(int slots);

    /**
     * Goes on with sequences by their newest tokens, whose keys and values are put into the cache; nothing is recorded.
     *
     * @param tokens T: the newest ones of each sequence, sequences end to end
     * @param wanted rows of the T whose logits are wanted, one at least
     * @return wanted x vocabulary, in the tape's arena
     */
    Tensor continued(
            Tape tape, int[] tokens, CachedSequences sequences, KeyValueCache cache, int[] wanted, Changes changes);
}
