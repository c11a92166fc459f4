package org.loradash.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;

/**
 * What a forward pass did, so that a backward pass can undo it. Blocks bound the memory of the backward pass: gradients
 * made inside a block are given back when its backward is done.
 */
public final class Tape {
    private final Kernels kernels;
    private final Arena arena;
    private final BlockValues blockValues;
    private final boolean insideBlock;
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

    /** A part of a network that turns several values into one. */
    @FunctionalInterface
    public interface BlockOfSeveral {
        Variable apply(Tape tape, List<Variable> inputs);
    }

    public Tape(Kernels kernels, Arena arena, BlockValues blockValues) {
        this(kernels, arena, blockValues, false);
    }

    private Tape(Kernels kernels, Arena arena, BlockValues blockValues, boolean insideBlock) {
        this.kernels = kernels;
        this.arena = arena;
        this.blockValues = blockValues;
        this.insideBlock = insideBlock;
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

    /** A value that nothing trainable reaches, and that no operation overwrites. */
    public Variable constant(Tensor value) {
        return new Variable(this, value, false).kept();
    }

    /** A value whose gradient is wanted though no operation made it, and that no operation overwrites. */
    public Variable input(Tensor value) {
        return new Variable(this, value, true).kept();
    }

    /**
     * The result of an operation, whose memory may be overwritten by the operation that uses it, if that is one alone.
     *
     * @param needsGradient whether any of its arguments, or a parameter in it, needs one; otherwise the backward is dropped
     * @param backward turns the result's gradient into those of the arguments; then the result lets go of its own
     */
    public Variable result(Tensor value, boolean needsGradient, Consumer<Variable> backward) {
        Variable result = new Variable(this, value, needsGradient && blockValues != BlockValues.DROPPED);
        if (result.needsGradient()) {
            backwards.add(() -> {
                backward.accept(result);
                result.letGo();
            });
        }
        return result;
    }

    /**
     * A block of one input whose result has the same shape.
     *
     * @param x T x d
     * @return the block's result, T x d
     */
    public Variable block(Variable x, Block block) {
        return block(
                List.of(x),
                x.value().rows(),
                x.value().columns(),
                (inside, inputs) -> block.apply(inside, inputs.get(0)));
    }

    /**
     * Applies a part of a network whose values and gradients' memory is given back together: what the {@link BlockValues} do
     * not keep at the end of its forward, the gradients at the end of its backward.
     *
     * @param inputs all variables from outside that the block uses; other blocks may use them too, before and after
     * @param rows of the block's result
     * @param columns of the block's result
     * @param block makes its result on the tape that it is given, perhaps more than once
     * @throws IllegalStateException if the block's result is of another shape, or it uses a variable that is not its own
     */
    public Variable block(List<Variable> inputs, int rows, int columns, BlockOfSeveral block) {
        inputs.forEach(input -> input.read(this));
        return blockValues == BlockValues.KEPT
                ? keeping(inputs, rows, columns, block)
                : remaking(inputs, rows, columns, block);
    }

    private Variable keeping(List<Variable> inputs, int rows, int columns, BlockOfSeveral block) {
        AppliedBlock applied = applied(inputs);
        Variable made = applied.result(block, rows, columns);
        Variable result = result(made.value(), made.needsGradient(), kept -> applied.backward(kept, unchanged -> made));
        return made.isSpare() ? result : result.kept();
    }

    private Variable remaking(List<Variable> inputs, int rows, int columns, BlockOfSeveral block) {
        Tensor out = arena.take(rows, columns);
        Arena.Mark inside = arena.mark();
        Variable made = applied(inputs).result(block, rows, columns);
        kernels.run(new Copy(made.value(), out));
        arena.release(inside);
        return result(out, made.needsGradient(), result -> applied(inputs)
                .backward(result, again -> again.result(block, rows, columns)));
    }

    private AppliedBlock applied(List<Variable> inputs) {
        BlockValues values = blockValues == BlockValues.DROPPED ? BlockValues.DROPPED : BlockValues.KEPT;
        return new AppliedBlock(this, new Tape(kernels, arena, values, true), inputs);
    }

    /** Refuses what a block, whose forward may run more than once, must not do. */
    void checkOutsideBlocks(String operation) {
        if (insideBlock) {
            throw new IllegalStateException(operation + " inside a block (must come after the blocks)");
        }
    }

    /** Whether a parameter's gradient is computed. */
    boolean trains(Parameter parameter) {
        return parameter.trained() && blockValues != BlockValues.DROPPED;
    }

    /** Memory for a variable's gradient that the caller overwrites; the variable must have none yet. */
    public Tensor newGradient(Variable variable) {
        Tensor memory = arena.take(variable.value().rows(), variable.value().columns());
        variable.gradient(memory);
        return memory;
    }

    /** A variable's gradient to add to: what it has, as its alone, or zeros. */
    public Tensor gradientToAddTo(Variable variable) {
        if (!variable.hasGradient()) {
            newGradient(variable).fill(0f);
        }
        return gradientToOverwrite(variable);
    }

    /** A variable's gradient as its alone: a copy where another variable has the same memory. */
    public Tensor gradientToOverwrite(Variable variable) {
        Tensor gradient = variable.gradient();
        if (variable.sharesGradient()) {
            variable.letGo();
            kernels.run(new Copy(gradient, newGradient(variable)));
        }
        return variable.gradient();
    }

    /** Gives the result's gradient to an argument too: adds it, or shares its memory until one of the two writes. */
    void passOn(Variable result, Variable argument) {
        if (!argument.needsGradient()) {
            return;
        }
        if (argument.hasGradient()) {
            kernels.run(new Add(result.gradient(), 1f, gradientToAddTo(argument)));
        } else {
            argument.share(result);
        }
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
