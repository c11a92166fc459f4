package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/** A value on the tape and, during the backward pass, the loss's gradient with respect to it. */
public final class Variable {
    private final Tensor value;
    private final boolean needsGradient;
    private Tensor gradient;

    Variable(Tensor value, boolean needsGradient) {
        this.value = value;
        this.needsGradient = needsGradient;
    }

    public Tensor value() {
        return value;
    }

    /** Whether a trainable parameter reaches this value. */
    public boolean needsGradient() {
        return needsGradient;
    }

    /** The gradient so far, same shape as the value; only once something has written it. */
    public Tensor gradient() {
        if (gradient == null) {
            throw new IllegalStateException("no operation has given " + value + " a gradient yet");
        }
        return gradient;
    }

    public boolean hasGradient() {
        return gradient != null;
    }

    /** Lets memory that the caller fills, or that already holds the right numbers, be the gradient. */
    public void gradient(Tensor memory) {
        if (gradient != null) {
            throw new IllegalStateException(value + " already has a gradient");
        }
        gradient = memory;
    }
}
