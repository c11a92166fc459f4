package org.loradash.guest;

import java.util.List;
import java.util.Optional;
import org.loradash.autograd.Linear;
import org.loradash.autograd.LinearInput;
import org.loradash.autograd.Parameter;
import org.loradash.autograd.Sum;
import org.loradash.autograd.Tape;
import org.loradash.autograd.Variable;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.Projection;

/**
 * A number from a vector: a = E x; b = a + D gated(G a); c = N rmsnorm(b), narrower than b; y = w c + v a + bias, which
 * skips two blocks. The last line is trained whole.
 *
 * @param projections E, G, D and N
 * @param norm 1 x hidden
 */
record Regressor(List<Projection> projections, Tensor norm) implements Backbone {
    static final float EPSILON = 1e-3f;

    @Override
    public long bytes() {
        return norm.size() * Float.BYTES
                + projections.stream()
                        .mapToLong(projection -> projection.weight().bytes())
                        .sum();
    }

    /**
     * The numbers of vectors.
     *
     * @param x T x inputs
     * @return T x 1
     */
    Variable predict(Tape tape, Tensor x, Changes changes) {
        int count = x.rows();
        Variable a = tape.block(List.of(tape.constant(x)), count, outputs(0), (inside, in) -> projections
                .get(0)
                .apply(inside, LinearInput.of(in.get(0)), changes));
        Variable b = tape.block(a, (inside, in) -> {
            Variable up = projections.get(1).apply(inside, LinearInput.of(in), changes);
            return Sum.add(
                    inside, in, projections.get(2).apply(inside, LinearInput.gated(up, Activation.SILU), changes));
        });
        Variable c = tape.block(List.of(b), count, outputs(3), (inside, in) -> projections
                .get(3)
                .apply(inside, LinearInput.normalised(inside, in.get(0), norm, EPSILON), changes));
        return tape.block(
                List.of(c, a),
                count,
                1,
                (inside, in) -> Sum.add(
                        inside,
                        Linear.trained(
                                inside,
                                LinearInput.of(in.get(0)),
                                trained(RegressorShape.WEIGHT, changes),
                                Optional.of(trained(RegressorShape.BIAS, changes))),
                        Linear.trained(
                                inside,
                                LinearInput.of(in.get(1)),
                                trained(RegressorShape.SKIP, changes),
                                Optional.empty())));
    }

    private int outputs(int projection) {
        return projections.get(projection).weight().rows();
    }

    private static Parameter trained(String tensor, Changes changes) {
        return changes.whole(tensor)
                .orElseThrow(() ->
                        new IllegalArgumentException(tensor + " is not trained (must be, or given by an adapter)"));
    }
}
