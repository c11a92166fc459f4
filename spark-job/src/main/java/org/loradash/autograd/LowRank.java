package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/**
 * A low-rank change b a of a linear layer's weight, with memory for the gradients of its factors.
 *
 * @param a rank x inputs
 * @param b outputs x rank
 * @param aGradient like a, added to by the backward
 * @param bGradient like b, added to by the backward
 */
public record LowRank(Tensor a, Tensor b, Tensor aGradient, Tensor bGradient) {

    public int rank() {
        return a.rows();
    }
}
