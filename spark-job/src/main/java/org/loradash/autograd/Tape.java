package org.loradash.autograd;

import java.util.ArrayList;
import java.util.List;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;

/**
 * What a forward pass did, so that a backward pass can undo it. Scopes bound the memory of the backward pass: gradients
 * made inside a scope are given back when its backward is done.
 */
public final class Tape {
    private final Kernels kernels;
    private final Arena arena;
    private final List<Runnable> backwards = new ArrayList<>();
    private final List<Arena.Mark> openScopes = new ArrayList<>();

    public Tape(Kernels kernels, Arena arena) {
        this.kernels = kernels;
        this.arena = arena;
    }

    public Kernels kernels() {
        return kernels;
    }

    public Arena arena() {
        return arena;
    }

    /** A value that nothing trainable reaches. */
    public Variable constant(Tensor value) {
        return new Variable(value, false);
    }

    /** A value whose gradient is wanted though no operation made it. */
    public Variable input(Tensor value) {
        return new Variable(value, true);
    }

    /**
     * The result of an operation.
     *
     * @param needsGradient whether any of its arguments, or a parameter in it, needs one; otherwise the backward is dropped
     * @param backward turns the result's gradient into those of the arguments
     */
    public Variable result(Tensor value, boolean needsGradient, java.util.function.Consumer<Variable> backward) {
        Variable result = new Variable(value, needsGradient);
        if (needsGradient) {
            backwards.add(() -> backward.accept(result));
        }
        return result;
    }

    /** Opens a scope: until {@link #endScope}, gradients are given back together in the backward pass. */
    public void beginScope() {
        backwards.add(() -> arena.release(openScopes.remove(openScopes.size() - 1)));
    }

    public void endScope() {
        backwards.add(() -> openScopes.add(arena.mark()));
    }

    /** Memory for a variable's gradient that the caller overwrites; the variable must have none yet. */
    public Tensor newGradient(Variable variable) {
        Tensor memory = arena.take(variable.value().rows(), variable.value().columns());
        variable.gradient(memory);
        return memory;
    }

    /** A variable's gradient to add to: what it has, or zeros. */
    public Tensor gradientToAddTo(Variable variable) {
        if (!variable.hasGradient()) {
            newGradient(variable).fill(0f);
        }
        return variable.gradient();
    }

    /**
     * Runs the recorded backwards in reverse. The variables whose gradients start it must have theirs: operations that end
     * a forward pass, such as {@link OutputLoss}, give it themselves.
     */
    public void backward() {
        for (int i = backwards.size() - 1; i >= 0; i--) {
            backwards.get(i).run();
        }
        backwards.clear();
    }

    /** Forgets everything and gives the arena's memory back. */
    public void reset() {
        backwards.clear();
        openScopes.clear();
        arena.reset();
    }
}
