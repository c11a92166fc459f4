package org.loradash.adapter;

import org.loradash.autograd.LowRank;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.WriteScaledColumns;
import org.loradash.model.Target;

/**
 * The sprint of LoRA-Dash (arXiv 2409.01035): a target's chosen directions get coordinates d of their own, the change
 * U_s diag(d) V_s^T beside the method's. It stands in the last s rows and columns of the change's factors.
 *
 * @param u outputs x s
 * @param v s x inputs
 */
record Coordinates(Tensor u, Tensor v) {

    static Coordinates of(Target target, Directions directions) {
        return new Coordinates(
                Tensor.of(target.outputs(), directions.count(), directions.u()),
                Tensor.of(directions.count(), target.inputs(), directions.v()));
    }

    int count() {
        return v.rows();
    }

    /** @param coordinates 1 x s */
    void change(Kernels kernels, Tensor coordinates, Tensor a, Tensor b) {
        kernels.run(new Copy(v, a.rows(a.rows() - count(), a.rows())));
        kernels.run(new WriteScaledColumns(u, coordinates, b, b.columns() - count()));
    }

    /** @param gradient 1 x s, overwritten */
    void backward(Kernels kernels, LowRank change, Tensor gradient) {
        gradient.fill(0f);
        kernels.run(new AddColumnDots(change.bGradient(), change.rank() - count(), u, gradient));
    }
}
