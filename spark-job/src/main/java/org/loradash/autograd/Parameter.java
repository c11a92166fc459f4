package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/**
 * A tensor that is trained whole.
 *
 * @param value what the forward reads
 * @param gradient like value, added to by the backward; null where only a forward is computed or the tensor is frozen
 */
public record Parameter(Tensor value, Tensor gradient) {
    public Parameter {
        if (gradient != null && (gradient.rows() != value.rows() || gradient.columns() != value.columns())) {
            throw new IllegalArgumentException("gradient: %s (must be like %s)".formatted(gradient, value));
        }
    }

    /** A tensor that is not trained. */
    public static Parameter frozen(Tensor value) {
        return new Parameter(value, null);
    }

    boolean trained() {
        return gradient != null;
    }
}
