package org.loradash.autograd;

import java.util.ArrayList;
import java.util.List;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;

/**
 * What a forward pass did, so that a backward pass can undo it. Blocks bound the memory of the backward pass: gradients
 * made inside a block are given back when its backward is done.
 */
public final class Tape {
    private final Kernels kernels;
    private final Arena arena;
    private final BlockValues blockValues;
    private final List<Runnable> backwards = new ArrayList<>();

    /** What becomes of the values that a block makes on its way. */
    public enum BlockValues {
        /** They stay until the backward pass has used them. */
        KEPT,
        /**
         * Only the block's result stays, and the backward pass makes the others again (arXiv 1604.06174): the memory of one
         * block instead of all, for a third more work.
         */
        RECOMPUTED,
        /** Nothing is recorded and no backward comes: only the block's result stays. */
        DROPPED
    }

    /** A part of a network that turns one value into another of the same shape. */
    @FunctionalInterface
    public interface Block {
        Variable apply(Tape tape, Variable x);
    }

    public Tape(Kernels kernels, Arena arena, BlockValues blockValues) {
        this.kernels = kernels;
        this.arena = arena;
        this.blockValues = blockValues;
    }

    /** A tape for a forward pass alone: it records nothing, and the memory of a block is given back at its end. */
    public static Tape forward(Kernels kernels, Arena arena) {
        return new Tape(kernels, arena, BlockValues.DROPPED);
    }

    /** A tape that keeps the values of blocks. */
    public Tape(Kernels kernels, Arena arena) {
        this(kernels, arena, BlockValues.KEPT);
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
        Variable result = new Variable(value, needsGradient && blockValues != BlockValues.DROPPED);
        if (result.needsGradient()) {
            backwards.add(() -> backward.accept(result));
        }
        return result;
    }

    /**
     * Applies a part of a network whose gradients' memory is given back together in the backward pass.
     *
     * @param x T x d; what the block does must leave its memory as it is
     * @return the block's result, T x d
     */
    public Variable block(Variable x, Block block) {
        return switch (blockValues) {
            case KEPT -> keeping(x, block);
            case RECOMPUTED -> recomputing(x, block);
            case DROPPED -> dropping(x, block);
        };
    }

    private Variable dropping(Variable x, Block block) {
        Tensor out = arena.take(x.value().rows(), x.value().columns());
        Arena.Mark inside = arena.mark();
        kernels.copy(block.apply(this, x).value(), out);
        arena.release(inside);
        return constant(out);
    }

    private Variable keeping(Variable x, Block block) {
        Arena.Mark[] beforeGradients = new Arena.Mark[1];
        backwards.add(() -> arena.release(beforeGradients[0]));
        Variable result = block.apply(this, x);
        backwards.add(() -> beforeGradients[0] = arena.mark());
        return result;
    }

    private Variable recomputing(Variable x, Block block) {
        Tensor out = arena.take(x.value().rows(), x.value().columns());
        Arena.Mark inside = arena.mark();
        Variable made = block.apply(new Tape(kernels, arena), new Variable(x.value(), x.needsGradient()));
        kernels.copy(made.value(), out);
        arena.release(inside);
        return result(out, made.needsGradient(), result -> {
            Arena.Mark mark = arena.mark();
            Tape again = new Tape(kernels, arena);
            Variable argument = new Variable(x.value(), x.needsGradient());
            Variable remade = block.apply(again, argument);
            remade.gradient(result.gradient());
            again.backward();
            if (x.needsGradient()) {
                passOn(argument.gradient(), result.gradient(), x);
            }
            arena.release(mark);
        });
    }

    /** Moves a gradient out of memory that is about to be given back, unless it is in the stream's, which stays. */
    private void passOn(Tensor gradient, Tensor stream, Variable x) {
        if (x.hasGradient()) {
            kernels.add(gradient, 1f, x.gradient());
            return;
        }
        if (gradient != stream) {
            kernels.copy(gradient, stream);
        }
        x.gradient(stream);
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
        arena.reset();
    }
}
