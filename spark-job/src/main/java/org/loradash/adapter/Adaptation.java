package org.loradash.adapter;

import java.util.List;
import java.util.random.RandomGenerator;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/**
 * A method of adaptation, stateless: how a target's trainable parameters make a low-rank change of its weight. A new
 * method is a new implementation and one line in {@link #ALL}.
 */
public interface Adaptation {
    List<Adaptation> ALL = List.of(new Lora());

    /** The method's name in the configuration. */
    String name();

    /** How many trainable parameters a target has. */
    int parameters(Target target, int rank);

    /** The rank of the change that parameters of a rank make. */
    int changeRank(int rank);

    /** Writes a target's parameters at step 0, where the change must be zero. */
    void start(Target target, int rank, RandomGenerator random, float[] parameters, int from);

    /**
     * Writes the change that parameters make.
     *
     * @param parameters 1 x parameters(target, rank)
     * @param scale alpha / rank
     * @param a first changeRank(rank) rows are written
     * @param b first changeRank(rank) columns are written
     */
    void change(Kernels kernels, Target target, int rank, Tensor parameters, float scale, Tensor a, Tensor b);

    /**
     * The chain rule of {@link #change}.
     *
     * @param change with gradients of its first changeRank(rank) rows and columns
     * @param gradient 1 x parameters(target, rank), overwritten
     */
    void backward(Kernels kernels, Target target, int rank, LowRank change, float scale, Tensor gradient);
}
