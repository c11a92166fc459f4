package org.loradash.kernel.operation;

import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.FusedElements;
import org.loradash.kernel.portable.PortableElements;

/** The gated unit of LLaMA's feed-forward layers (arXiv 2002.05202). */
public final class SwiGlu {
    private SwiGlu() {}

    /** out = gate * sigmoid(gate) * up, same shapes; gate and up may have gaps. */
    public record Forward(Tensor gate, Tensor up, Tensor out) implements Operation {
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
                    (from, to) -> new Forward(gate.rows(from, to), up.rows(from, to), out.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedElements.swiGlu(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableElements.swiGlu(this);
            return 0;
        }
    }

    /**
     * In place: gate becomes its gradient, dOut * up * silu'(gate); up becomes its own, dOut * silu(gate); and dOut becomes
     * what the forward made, so that it need not be kept. Gate and up may have gaps.
     */
    public record Backward(Tensor dOut, Tensor gate, Tensor up) implements Operation {
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
                    (from, to) -> new Backward(dOut.rows(from, to), gate.rows(from, to), up.rows(from, to)));
        }

        @Override
        public double fused(Scratch scratch) {
            FusedElements.swiGluBackward(this, scratch);
            return 0;
        }

        @Override
        public double portable() {
            PortableElements.swiGluBackward(this);
            return 0;
        }
    }
}
