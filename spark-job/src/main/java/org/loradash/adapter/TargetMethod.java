package org.loradash.adapter;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.autograd.Dense;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;

/** A method of adaptation on one target: from its parameters to the change of its weight, and back. */
public interface TargetMethod {

    /** Writes the parameters at step 0, where the change must be zero. */
    void start(RandomGenerator random, float[] parameters, int from);

    /**
     * Writes the low-rank change that parameters make.
     *
     * @param parameters 1 x as many as the target has
     * @param a the first rows, as many as the change's rank, are written
     * @param b the first columns likewise
     */
    void change(Kernels kernels, Tensor parameters, Tensor a, Tensor b);

    /**
     * The chain rule of {@link #change}.
     *
     * @param change with gradients of its first rows and columns
     * @param gradient 1 x as many as the target has, overwritten
     */
    void backward(Kernels kernels, LowRank change, Tensor gradient);

    /**
     * The dense change that parameters make, on their own memory and on that of their gradient; nothing of a low-rank
     * method. The gradient becomes zero, for the model's backward to add to.
     *
     * @param parameters 1 x as many as the target has
     * @param gradient likewise; nothing where only a forward is computed
     */
    default Optional<Dense> dense(Tensor parameters, Optional<Tensor> gradient) {
        return Optional.empty();
    }
}
