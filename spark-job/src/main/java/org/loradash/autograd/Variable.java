package org.loradash.autograd;

import org.loradash.kernel.Tensor;

/**
 * A value on a tape and, during the backward pass, the loss's gradient with respect to it. The package's documentation
 * says who may overwrite either.
 */
public final class Variable {
    private final Tape tape;
    private final Tensor value;
    private final boolean needsGradient;
    private Use use = Use.NONE;
    private Gradient gradient;

    /** What has become of the value's memory. */
    private enum Use {
        /** An operation made it, and nothing reads it yet. */
        NONE,
        READ,
        OVERWRITTEN
    }

    /** Memory of a gradient, and how many variables have it as theirs; only an only one may write. */
    private static final class Gradient {
        private final Tensor memory;
        private int holders = 1;

        Gradient(Tensor memory) {
            this.memory = memory;
        }
    }

    Variable(Tape tape, Tensor value, boolean needsGradient) {
        this.tape = tape;
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

    /** The gradient so far, same shape as the value, to be read; only once something has written it. */
    public Tensor gradient() {
        if (gradient == null) {
            throw new IllegalStateException("no operation has given " + value + " a gradient yet");
        }
        return gradient.memory;
    }

    public boolean hasGradient() {
        return gradient != null;
    }

    /** Lets memory that the caller fills, or that holds the right numbers, be the gradient: from now on this one's alone. */
    public void gradient(Tensor memory) {
        if (gradient != null) {
            throw new IllegalStateException(value + " already has a gradient");
        }
        gradient = new Gradient(memory);
    }

    /** This variable, whose value its own backward or the caller reads again, so that nothing overwrites it. */
    Variable kept() {
        use = Use.READ;
        return this;
    }

    /** Whether the value's memory serves nothing but the operation that asks. */
    boolean isSpare() {
        return use == Use.NONE;
    }

    /**
     * The value as an operation's argument, which stays as it is until its backward has run.
     *
     * @throws IllegalStateException if the variable is of another tape than the operation, or its memory is another's
     */
    Tensor read(Tape reader) {
        checkWithin(reader);
        use = Use.READ;
        return value;
    }

    /**
     * The value as the argument of an operation that overwrites it, at once or in its backward.
     *
     * @throws IllegalStateException as {@link #read}, or if the value is not {@link #isSpare spare}
     */
    Tensor overwrite(Tape writer) {
        checkWithin(writer);
        if (!isSpare()) {
            throw new IllegalStateException(value + " is to be overwritten and read elsewhere too"
                    + " (must be made by an operation, in the same block, and used by one alone)");
        }
        use = Use.OVERWRITTEN;
        return value;
    }

    void checkWithin(Tape user) {
        if (tape != user) {
            throw new IllegalStateException(value + " belongs to another tape (must be among the inputs of the block)");
        }
        if (use == Use.OVERWRITTEN) {
            throw new IllegalStateException(
                    value + " is used after an operation that overwrites it (must be used before, or by it alone)");
        }
    }

    /** Lets the other's gradient be this one's too, until one of them writes. */
    void share(Variable other) {
        other.gradient();
        gradient = other.gradient;
        gradient.holders++;
    }

    /** Whether another variable has the same memory as its gradient. */
    boolean sharesGradient() {
        return gradient.holders > 1;
    }

    /** Has no gradient any more: the backward that it was for has run, or another variable has it. */
    void letGo() {
        if (gradient != null) {
            gradient.holders--;
            gradient = null;
        }
    }
}
