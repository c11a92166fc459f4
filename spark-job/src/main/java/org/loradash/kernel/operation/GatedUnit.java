package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedGatedUnit;
import org.loradash.kernel.portable.PortableActivations;

/** The gated unit of feed-forward layers (arXiv 2002.05202): with SiLU that of LLaMA, with GELU that of Gemma. */
public final class GatedUnit {
    private GatedUnit() {}

    /** out = f(gate) * up, same shapes; gate and up may have gaps. */
    public record Forward(Tensor gate, Tensor up, Activation activation, Tensor out) implements Operation {
        @Override
        public void account(Account account) {
            account.writes("out", out).dense();
            account.reads("gate", gate);
            account.reads("up", up).like(gate);
            Account.same("out", out.rows(), out.columns(), gate.rows(), gate.columns());
            account.computes(5 * out.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    out.rows(),
                    out.columns(),
                    (from, to) -> new Forward(gate.rows(from, to), up.rows(from, to), activation, out.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedGatedUnit.forward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableActivations.gated(this);
            return 0;
        }
    }

    /**
     * In place: gate becomes its gradient, dOut * up * f'(gate); up becomes its own, dOut * f(gate); and dOut becomes what
     * the forward made, so that it need not be kept. Gate and up may have gaps.
     */
    public record Backward(Tensor dOut, Tensor gate, Tensor up, Activation activation) implements Operation {
        @Override
        public void account(Account account) {
            account.changes("dOut", dOut).dense().like(gate);
            account.changes("gate", gate);
            account.changes("up", up).like(gate).computes(11 * dOut.size());
        }

        @Override
        public Cut cut() {
            return Cut.rows(
                    dOut.rows(),
                    dOut.columns(),
                    (from, to) ->
                            new Backward(dOut.rows(from, to), gate.rows(from, to), up.rows(from, to), activation));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedGatedUnit.backward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableActivations.gatedBackward(this);
            return 0;
        }
    }
}
