package org.loradash.adapter;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.loradash.autograd.Dense;
import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/**
 * Full fine-tuning of the targets: W itself is trained, as k W0 + D beside the frozen W0 that all share, from D = 0 and k =
 * 1. It has neither rank nor alpha.
 *
 * <p>k is there for AdamW's weight decay, which shrinks W and not only what was added to it. A step with decay is W
 * becomes (1 - rate decay) W - step, which is k W0 + D with both k and D shrunk by that factor, and D moved by the step. So
 * k is a parameter whose gradient is always zero: AdamW takes no step along it, and its decay does the rest, with the same
 * rounding to float32 as in a decay of W's elements. Averages are exact too, since k is the same for all workers. Without
 * decay k remains 1.
 *
 * <p>Parameters of a target: D (outputs x inputs), row-major, then k.
 */
final class Full implements Method {

    @Override
    public String name() {
        return "full";
    }

    @Override
    public String title() {
        return "full fine-tuning";
    }

    @Override
    public String meaning() {
        return "full: W itself, without rank and alpha; each element of the targets takes 16 bytes of native memory in"
                + " every task (what is added to it, gradient, AdamW's two moments), and weight decay shrinks W";
    }

    @Override
    public boolean hasScale() {
        return false;
    }

    @Override
    public Optional<String> refusesDropout() {
        return Optional.of("which trains the weights themselves");
    }

    @Override
    public Optional<String> refusesQuantised() {
        return Optional.of("which trains the weights themselves");
    }

    @Override
    public Optional<String> ownStart() {
        return Optional.of("the model in model.path");
    }

    @Override
    public Export export() {
        return Export.MODEL;
    }

    @Override
    public boolean isDense() {
        return true;
    }

    @Override
    public long parameters(Target target, int rank) {
        return (long) target.outputs() * target.inputs() + 1;
    }

    @Override
    public int changeRank(int rank) {
        return 0;
    }

    @Override
    public TargetMethod on(Target target, int rank, double scale, SingularTriplets triplets) {
        return new OnTarget(target);
    }

    private record OnTarget(Target target) implements TargetMethod {

        @Override
        public void start(RandomGenerator random, float[] parameters, int from) {
            Arrays.fill(parameters, from, from + elements(), 0f);
            parameters[from + elements()] = 1f;
        }

        @Override
        public void change(Kernels kernels, Tensor parameters, Tensor a, Tensor b) {
            // Nothing of it is a product of factors.
        }

        @Override
        public void backward(Kernels kernels, LowRank change, Tensor gradient) {
            // The model's backward has added the gradient already.
        }

        @Override
        public Optional<Dense> dense(Tensor parameters, Optional<Tensor> gradient) {
            gradient.ifPresent(whole -> whole.fill(0f));
            float kept = parameters.window(elements(), 1, 1).toArray()[0];
            return Optional.of(new Dense(
                    kept, matrix(parameters), gradient.map(this::matrix).orElse(null)));
        }

        private Tensor matrix(Tensor parameters) {
            return parameters.window(0, target.outputs(), target.inputs());
        }

        private int elements() {
            return target.outputs() * target.inputs();
        }
    }
}
