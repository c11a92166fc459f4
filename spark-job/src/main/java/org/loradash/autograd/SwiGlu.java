package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/** The gated unit of LLaMA's feed-forward layers (arXiv 2002.05202). Its backward reuses its arguments' memory. */
public final class SwiGlu {
    private SwiGlu() {}

    /**
     * @param gate T x d, up likewise; neither is to be used by another operation
     * @return gate * sigmoid(gate) * up
     */
    public static Variable apply(Tape tape, Variable gate, Variable up) {
        Tensor out = tape.arena().take(gate.value().rows(), gate.value().columns());
        tape.kernels().swiGlu(gate.value(), up.value(), out);
        return tape.result(out, gate.needsGradient() || up.needsGradient(), result -> {
            tape.kernels().swiGluBackward(result.gradient(), gate.value(), up.value(), gate.value(), up.value());
            gate.gradient(gate.value());
            up.gradient(up.value());
        });
    }
}
