package org.loradash.autograd;

import java.util.List;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.HeadNorm.Backward;
import org.loradash.kernel.operation.HeadNorm.Forward;

/** Root mean square normalisation of heads, before they attend (arXiv 2010.04245). */
public final class HeadNorm {
    private HeadNorm() {}

    /**
     * Neighbouring columns that are normed in parts as wide as the weight.
     *
     * @param from the first one
     * @param to one past the last one
     * @param weight 1 x d, d divides their number
     */
    public record Heads(int from, int to, Parameter weight) {
        private int width() {
            return weight.value().columns();
        }

        private int count() {
            return (to - from) / width();
        }
    }

    /**
     * Norms some columns; the others stay as they are.
     *
     * @param x T x d
     * @return T x d
     */
    public static Variable apply(Tape tape, Variable x, List<Heads> normed, float epsilon) {
        Tensor value = x.read(tape);
        Tensor out = tape.arena().take(value.rows(), value.columns());
        tape.kernels().run(new Copy(value, out));
        List<Tensor> inverses = normed.stream()
                .map(heads -> tape.arena().take(value.rows(), heads.count()))
                .toList();
        boolean needed = x.needsGradient();
        for (int i = 0; i < normed.size(); i++) {
            Heads heads = normed.get(i);
            tape.kernels()
                    .run(new Forward(
                            value.columns(heads.from(), heads.to()),
                            heads.weight().value(),
                            epsilon,
                            out.columns(heads.from(), heads.to()),
                            inverses.get(i)));
            needed |= heads.weight().trained();
        }
        return tape.result(out, needed, result -> {
            Tensor gradient = tape.gradientToOverwrite(result);
            for (int i = 0; i < normed.size(); i++) {
                Heads heads = normed.get(i);
                if (heads.weight().trained()) {
                    addWeightGradient(tape, gradient, value, heads, epsilon);
                }
                tape.kernels()
                        .run(new Backward(
                                gradient.columns(heads.from(), heads.to()),
                                value.columns(heads.from(), heads.to()),
                                heads.weight().value(),
                                inverses.get(i)));
            }
            if (x.hasGradient()) {
                tape.kernels().run(new Add(gradient, 1f, tape.gradientToAddTo(x)));
            } else if (x.needsGradient()) {
                x.gradient(gradient);
            }
        });
    }

    /** The weight's gradient += sum over rows and heads of dOut * xhat. */
    private static void addWeightGradient(Tape tape, Tensor dOut, Tensor x, Heads heads, float epsilon) {
        Arena.Mark scratch = tape.arena().mark();
        int d = heads.width();
        Tensor ones = tape.arena().take(1, d);
        ones.fill(1f);
        Tensor xhat = tape.arena().take(x.rows(), d);
        Tensor inverse = tape.arena().take(x.rows(), 1);
        for (int from = heads.from(); from < heads.to(); from += d) {
            tape.kernels().run(new Forward(x.columns(from, from + d), ones, epsilon, xhat, inverse));
            tape.kernels()
                    .run(new AddColumnDots(dOut, from, xhat, heads.weight().gradient()));
        }
        tape.arena().release(scratch);
    }
}
