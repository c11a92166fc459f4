package org.loradash.adapter;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.model.Target;

/**
 * Methods that train a part of W itself: A and B start as r singular triplets, sqrt(sigma) on both sides, and W is
 * replaced by its residual, W - s B0 A0 with s = alpha / r. PiSSA (arXiv 2404.02948) takes the largest triplets, MiLoRA
 * (arXiv 2406.09044) the smallest, RoSA random ones.
 *
 * <p>W stays as it is in memory, for all to share; the change is s B A - s B0 A0 = s (B - B0) A + s B0 (A - A0), whose
 * differences lose no digits: it is zero at the start, to the last bit. As in PEFT s is part of the triplets: s B0 A0 is
 * the sum of sigma u v^T.
 *
 * @param triplets which ones it starts from
 */
record ResidualMethod(String name, String title, SingularDirections triplets) implements Method {

    @Override
    public String meaning() {
        return triplets == SingularDirections.TOP
                ? "pissa, milora, rosa: A and B that begin as W's largest, smallest or random singular triplets, beside the"
                        + " rest of W"
                : "";
    }

    @Override
    public Optional<SingularDirections> startsFrom() {
        return Optional.of(triplets);
    }

    @Override
    public long parameters(Target target, int rank) {
        return LoraFactors.size(target, rank);
    }

    @Override
    public int changeRank(int rank) {
        return Math.multiplyExact(2, rank);
    }

    @Override
    public TargetMethod on(Target target, int rank, double scale, SingularTriplets from) {
        double[] roots = new double[rank];
        for (int k = 0; k < rank; k++) {
            roots[k] = Math.sqrt(from.sigma()[k] / scale);
        }
        return new OnTarget(
                target,
                rank,
                (float) scale,
                Tensor.of(rank, target.inputs(), from.scaledV(roots)),
                Tensor.of(target.outputs(), rank, from.scaledU(roots)),
                Tensor.zeros(target.outputs(), rank));
    }

    /**
     * @param a0 rank x inputs
     * @param b0 outputs x rank
     * @param ofB outputs x rank, for B - B0
     */
    private record OnTarget(Target target, int rank, float scale, Tensor a0, Tensor b0, Tensor ofB)
            implements TargetMethod {

        @Override
        public void start(RandomGenerator random, float[] parameters, int from) {
            a0.read(parameters, from);
            b0.read(parameters, from + Math.toIntExact(a0.size()));
        }

        /** a = [A; A - A0], b = s [B - B0, B0]. */
        @Override
        public void change(Kernels kernels, Tensor parameters, Tensor a, Tensor b) {
            LoraFactors factors = LoraFactors.of(target, rank, parameters);
            Tensor ofA = a.rows(rank, 2 * rank);
            kernels.run(new Copy(factors.a(), a.rows(0, rank)));
            kernels.run(new Copy(factors.a(), ofA));
            kernels.run(new Add(a0, -1f, ofA));
            kernels.run(new Copy(factors.b(), ofB));
            kernels.run(new Add(b0, -1f, ofB));
            kernels.run(new WriteColumns(ofB, scale, b, 0));
            kernels.run(new WriteColumns(b0, scale, b, rank));
        }

        @Override
        public void backward(Kernels kernels, LowRank change, Tensor gradient) {
            LoraFactors gradients = LoraFactors.of(target, rank, gradient);
            kernels.run(new Copy(change.aGradient().rows(0, rank), gradients.a()));
            kernels.run(new Add(change.aGradient().rows(rank, 2 * rank), 1f, gradients.a()));
            gradients.b().fill(0f);
            kernels.run(new AddColumns(change.bGradient(), 0, scale, gradients.b()));
        }
    }
}
