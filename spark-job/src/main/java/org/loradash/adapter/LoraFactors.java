package org.loradash.adapter;

import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

/**
 * A target's parameters as two factors, row-major: A (rank x inputs), then B (outputs x rank). Windows on the parameters'
 * memory.
 */
record LoraFactors(Tensor a, Tensor b) {

    static LoraFactors of(Target target, int rank, Tensor parameters) {
        return new LoraFactors(
                parameters.window(0, rank, target.inputs()),
                parameters.window((long) rank * target.inputs(), target.outputs(), rank));
    }

    /** How many parameters both have. */
    static long size(Target target, int rank) {
        return rank * ((long) target.inputs() + target.outputs());
    }
}
