package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedActivations;
import org.loradash.kernel.portable.PortableActivations;

/** An activation of every element. */
public final class Activate {
    private Activate() {}

    /**
     * out = f(x), same shapes.
     *
     * @param out may be x
     */
    public record Forward(Tensor x, Activation activation, Tensor out) implements Operation {
        @Override
        public void account(Account account) {
            account.reads("x", x).dense();
            account.writes("out", out).dense().like(x).mayReplace(x).computes(20 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.elements(
                    x,
                    (from, to) ->
                            new Forward(x.window(from, 1, to - from), activation, out.window(from, 1, to - from)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedActivations.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableActivations.forward(this);
            return 0;
        }
    }

    /** In place: x becomes its gradient, dOut * f'(x), and dOut what the forward made, so that it need not be kept. */
    public record Backward(Tensor dOut, Tensor x, Activation activation) implements Operation {
        @Override
        public void account(Account account) {
            account.changes("dOut", dOut).dense();
            account.changes("x", x).dense().like(dOut).computes(40 * x.size());
        }

        @Override
        public Cut cut() {
            return Cut.elements(
                    x,
                    (from, to) ->
                            new Backward(dOut.window(from, 1, to - from), x.window(from, 1, to - from), activation));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedActivations.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableActivations.backward(this);
            return 0;
        }
    }
}
