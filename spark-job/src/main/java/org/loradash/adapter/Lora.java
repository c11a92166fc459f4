package org.loradash.adapter;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.model.Target;

/**
 * LoRA (arXiv 2106.09685): the change is (alpha / r) B A. LoRA-Dash (arXiv 2409.01035) is the same with a sprint.
 *
 * @param withoutSprint the method that has none, of one that always has one
 */
record Lora(String name, String title, String meaning, Optional<String> withoutSprint) implements Method {
    static final Lora ALONE = new Lora("lora", "LoRA", "lora: factors A and B beside W", Optional.empty());
    static final Lora DASH = new Lora(
            "lora-dash",
            "LoRA-Dash",
            "lora-dash: lora, and then coordinates of the task's directions",
            Optional.of(ALONE.name()));

    @Override
    public long parameters(Target target, int rank) {
        return LoraFactors.size(target, rank);
    }

    @Override
    public int changeRank(int rank) {
        return rank;
    }

    @Override
    public TargetMethod on(Target target, int rank, double scale, SingularTriplets triplets) {
        return new OnTarget(target, rank, (float) scale);
    }

    private record OnTarget(Target target, int rank, float scale) implements TargetMethod {

        /** A is uniform in +-1 / sqrt(inputs), Kaiming's bound for a = sqrt 5; B is zero. */
        @Override
        public void start(RandomGenerator random, float[] parameters, int from) {
            float bound = (float) (1 / Math.sqrt(target.inputs()));
            int ofA = rank * target.inputs();
            for (int i = 0; i < ofA; i++) {
                parameters[from + i] = (2 * random.nextFloat() - 1) * bound;
            }
            Arrays.fill(parameters, from + ofA, from + (int) LoraFactors.size(target, rank), 0f);
        }

        @Override
        public void change(Kernels kernels, Tensor parameters, Tensor a, Tensor b) {
            LoraFactors factors = LoraFactors.of(target, rank, parameters);
            kernels.run(new Copy(factors.a(), a.rows(0, rank)));
            kernels.run(new WriteColumns(factors.b(), scale, b, 0));
        }

        @Override
        public void backward(Kernels kernels, LowRank change, Tensor gradient) {
            LoraFactors gradients = LoraFactors.of(target, rank, gradient);
            kernels.run(new Copy(change.aGradient().rows(0, rank), gradients.a()));
            gradients.b().fill(0f);
            kernels.run(new AddColumns(change.bGradient(), 0, scale, gradients.b()));
        }
    }
}
