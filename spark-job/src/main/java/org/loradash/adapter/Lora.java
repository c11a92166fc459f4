package org.loradash.adapter;

import java.util.random.RandomGenerator;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/**
 * LoRA (arXiv 2106.09685): the change is (alpha / r) B A. Parameters of a target: A (r x inputs), then B (outputs x r),
 * row-major.
 */
public final class Lora implements Adaptation {

    @Override
    public String name() {
        return "lora";
    }

    @Override
    public int parameters(Target target, int rank) {
        return Math.multiplyExact(rank, Math.addExact(target.inputs(), target.outputs()));
    }

    @Override
    public int changeRank(int rank) {
        return rank;
    }

    /** A is uniform in +-1 / sqrt(inputs), Kaiming's bound for a = sqrt 5; B is zero. */
    @Override
    public void start(Target target, int rank, RandomGenerator random, float[] parameters, int from) {
        float bound = (float) (1 / Math.sqrt(target.inputs()));
        int ofA = rank * target.inputs();
        for (int i = 0; i < ofA; i++) {
            parameters[from + i] = (2 * random.nextFloat() - 1) * bound;
        }
        java.util.Arrays.fill(parameters, from + ofA, from + parameters(target, rank), 0f);
    }

    @Override
    public void change(Kernels kernels, Target target, int rank, Tensor parameters, float scale, Tensor a, Tensor b) {
        kernels.copy(factorA(target, rank, parameters), a.rows(0, rank));
        kernels.writeColumns(factorB(target, rank, parameters), scale, b, 0);
    }

    @Override
    public void backward(Kernels kernels, Target target, int rank, LowRank change, float scale, Tensor gradient) {
        kernels.copy(change.aGradient().rows(0, rank), factorA(target, rank, gradient));
        Tensor gradientOfB = factorB(target, rank, gradient);
        gradientOfB.fill(0f);
        kernels.addColumns(change.bGradient(), 0, scale, gradientOfB);
    }

    private static Tensor factorA(Target target, int rank, Tensor parameters) {
        return parameters.window(0, rank, target.inputs());
    }

    private static Tensor factorB(Target target, int rank, Tensor parameters) {
        return parameters.window((long) rank * target.inputs(), target.outputs(), rank);
    }
}
