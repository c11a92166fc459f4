package org.loradash.train;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.loradash.kernel.Tensor;
import org.loradash.task.Measurement;

/**
 * A loss of the trainable parameters, with its gradient: what an optimiser needs to know of model, method and batch.
 *
 * @param <B> what a step computes on
 */
public interface Objective<B> extends AutoCloseable {

    /** How many trainable parameters there are. */
    int parameters();

    /** How much of a batch is computed on, as its task counts it. */
    long size(B batch);

    /** How much of it goes through the model: less where examples have something in common. */
    default long computed(B batch) {
        return size(batch);
    }

    /** How much the batch's loss is a mean over. */
    long weight(B batch);

    /**
     * The mean loss over a batch's weight, and its gradient.
     *
     * @param batch of a weight above 0
     * @param parameters 1 x parameters(), read
     * @param gradient 1 x parameters(), overwritten
     * @param seed of this step's randomness (dropout); the same seed gives the same bits
     */
    double lossAndGradient(B batch, Tensor parameters, Tensor gradient, long seed);

    /**
     * A batch's loss and the predictions of its examples, in their order, without randomness and with nothing kept for a
     * gradient.
     *
     * @param parameters 1 x parameters(), read
     */
    Measurement measure(B batch, Tensor parameters);

    /**
     * What the model makes, to be looked at.
     *
     * @param parameters 1 x parameters(), read
     * @return PNG files
     */
    default List<byte[]> samples(Tensor parameters, Configuration hadoop) throws IOException {
        return List.of();
    }

    /** Lets go of threads and memory that only this objective uses. */
    @Override
    default void close() {}
}
