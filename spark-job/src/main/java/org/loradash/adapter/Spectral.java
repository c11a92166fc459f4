package org.loradash.adapter;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.model.Target;

/**
 * Spectral Adapter (arXiv 2405.13952), additive: the largest r singular vectors themselves move, W + (U + A) S (V + B)^T -
 * U S V^T with A and B at zero. The change is U S B^T + A S (V + B)^T, without a difference of large numbers. It has no
 * alpha.
 *
 * <p>Parameters of a target: B^T (r x inputs), then A (outputs x r), row-major.
 */
final class Spectral implements Method {

    @Override
    public String name() {
        return "spectral";
    }

    @Override
    public String title() {
        return "Spectral Adapter";
    }

    @Override
    public String meaning() {
        return "spectral: the largest singular vectors themselves";
    }

    @Override
    public boolean hasScale() {
        return false;
    }

    @Override
    public Optional<SingularDirections> startsFrom() {
        return Optional.of(SingularDirections.TOP);
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
    public TargetMethod on(Target target, int rank, double scale, SingularTriplets triplets) {
        double[] sigma = new double[rank];
        double[] ones = new double[rank];
        float[] diagonal = new float[Math.multiplyExact(rank, rank)];
        for (int k = 0; k < rank; k++) {
            sigma[k] = triplets.sigma()[k];
            ones[k] = 1;
            diagonal[k * rank + k] = triplets.sigma()[k];
        }
        return new OnTarget(
                target,
                rank,
                Tensor.of(target.outputs(), rank, triplets.scaledU(ones)),
                Tensor.of(rank, rank, diagonal),
                Tensor.of(rank, target.inputs(), triplets.scaledV(sigma)));
    }

    /**
     * @param u outputs x rank
     * @param s rank x rank, diagonal
     * @param sv S V^T, rank x inputs
     */
    private record OnTarget(Target target, int rank, Tensor u, Tensor s, Tensor sv) implements TargetMethod {

        @Override
        public void start(RandomGenerator random, float[] parameters, int from) {
            Arrays.fill(parameters, from, from + (int) LoraFactors.size(target, rank), 0f);
        }

        /** a = [S B^T; S (V + B)^T], b = [U, A]. */
        @Override
        public void change(Kernels kernels, Tensor parameters, Tensor a, Tensor b) {
            LoraFactors factors = LoraFactors.of(target, rank, parameters);
            Tensor scaled = a.rows(0, rank);
            Tensor moved = a.rows(rank, 2 * rank);
            kernels.run(new MatrixProduct(s, Side.PLAIN, factors.a(), Side.PLAIN, scaled, 1f, 0f));
            kernels.run(new Copy(sv, moved));
            kernels.run(new Add(scaled, 1f, moved));
            kernels.run(new WriteColumns(u, 1f, b, 0));
            kernels.run(new WriteColumns(factors.b(), 1f, b, rank));
        }

        @Override
        public void backward(Kernels kernels, LowRank change, Tensor gradient) {
            LoraFactors gradients = LoraFactors.of(target, rank, gradient);
            Tensor ofScaled = change.aGradient().rows(0, rank);
            Tensor ofMoved = change.aGradient().rows(rank, 2 * rank);
            kernels.run(new MatrixProduct(s, Side.PLAIN, ofScaled, Side.PLAIN, gradients.a(), 1f, 0f));
            kernels.run(new MatrixProduct(s, Side.PLAIN, ofMoved, Side.PLAIN, gradients.a(), 1f, 1f));
            gradients.b().fill(0f);
            kernels.run(new AddColumns(change.bGradient(), rank, 1f, gradients.b()));
        }
    }
}
