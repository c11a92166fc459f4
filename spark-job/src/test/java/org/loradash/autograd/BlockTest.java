package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.Differences.normal;
import static org.loradash.autograd.OperationsTest.angles;
import static org.loradash.autograd.OperationsTest.change;
import static org.loradash.autograd.OperationsTest.linear;
import static org.loradash.autograd.OperationsTest.weight;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Forest;

/** Blocks change what memory a network takes, and nothing else. */
class BlockTest {
    private static final Tensor NORM = normal(9, 1, 6, 1);
    private static final Weight SQUARE = weight(1, 6, 6, Storage.FLOAT32);
    private static final Weight OTHER = weight(2, 6, 6, Storage.FLOAT32);
    private static final Weight NARROW = weight(3, 3, 6, Storage.FLOAT32);
    private static final Weight WIDE = weight(4, 6, 3, Storage.FLOAT32);
    private static final Tensor X = normal(5, 4, 6, 1);
    private static final Tensor Y = normal(6, 4, 6, 1);
    private static final Kernels KERNELS = KernelProvider.best().open();
    private static final Arena ARENA = new Arena();

    /** An early block's result goes on to the next block, to the last one and, past all of them, to the end. */
    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aSkipAcrossTwoBlocks(BlockValues values) {
        LowRank change = change(7, 6, 6);
        Differentiated.Operation network = (tape, in) -> {
            Variable early = tape.block(in.get(0), (inside, x) -> {
                Variable f = norm(inside, linear(inside, x, SQUARE, change, Dropout.NONE));
                return Sum.add(inside, x, f);
            });
            Variable narrow = tape.block(
                    List.of(early), 4, 3, (inside, inputs) -> linear(inside, norm(inside, inputs.get(0)), NARROW));
            Variable deep = tape.block(
                    narrow, (inside, x) -> Sum.add(inside, x, linear(inside, linear(inside, x, WIDE), NARROW)));
            Variable joined = tape.block(List.of(deep, early), 4, 6, (inside, inputs) -> {
                Variable widened = linear(inside, inputs.get(0), WIDE);
                return Sum.add(inside, norm(inside, inputs.get(1)), widened);
            });
            return Sum.add(tape, early, joined);
        };
        agrees(values, network, X);
        if (values != BlockValues.DROPPED) {
            new Differentiated(tape(values), network, X)
                    .parameterAgrees("a", change.a(), change.aGradient())
                    .parameterAgrees("b", change.b(), change.bGradient());
        }
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aBlockOfTwoInputsAndAResultOfAnotherShape(BlockValues values) {
        agrees(
                values,
                (tape, in) -> {
                    Variable joined = tape.block(List.of(in.get(0), in.get(1)), 2, 3, (inside, inputs) -> {
                        Variable sum = Sum.add(inside, inputs.get(0), inputs.get(1));
                        return linear(inside, Rows.gather(inside, sum, new int[] {3, 1}), NARROW);
                    });
                    Variable rest = Rows.gather(tape, linear(tape, in.get(1), NARROW), new int[] {0, 1});
                    return Sum.add(tape, joined, rest);
                },
                X,
                Y);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void blocksThatAddNothingToAStream(BlockValues values) {
        Tape.Block block = (tape, x) -> norm(tape, linear(tape, x, SQUARE));
        agrees(values, (tape, in) -> tape.block(tape.block(tape.block(in.get(0), block), block), block), X);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aStreamThatIsReadBesideItsSums(BlockValues values) {
        Tape.Block block = (tape, x) -> {
            Variable r = Sum.add(tape, x, norm(tape, x));
            Variable s = Sum.add(tape, r, linear(tape, r, SQUARE));
            return Sum.add(tape, s, linear(tape, r, OTHER));
        };
        agrees(values, (tape, in) -> tape.block(tape.block(in.get(0), block), block), X);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void anInputOfSeveralBlocks(BlockValues values) {
        Tape.Block first = (tape, x) -> Sum.add(tape, x, norm(tape, x));
        Tape.Block second = (tape, x) -> norm(tape, linear(tape, x, SQUARE));
        agrees(
                values,
                (tape, in) -> {
                    Variable x = in.get(0);
                    Variable sum = Sum.add(tape, tape.block(x, first), tape.block(x, second));
                    return Sum.add(tape, sum, norm(tape, x));
                },
                X);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void oneVariableAsBothInputs(BlockValues values) {
        Tape.BlockOfSeveral block = (tape, in) -> Sum.add(tape, norm(tape, in.get(0)), linear(tape, in.get(1), SQUARE));
        agrees(
                values,
                (tape, in) -> {
                    Variable x = norm(tape, in.get(0));
                    return Sum.add(tape, x, tape.block(List.of(x, x), 4, 6, block));
                },
                X);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aBlockThatAddsItsInputsOrGivesOneBack(BlockValues values) {
        agrees(
                values,
                (tape, in) -> {
                    Variable sum = tape.block(
                            List.of(in.get(0), in.get(1)),
                            4,
                            6,
                            (t, inputs) -> Sum.add(t, inputs.get(0), inputs.get(1)));
                    Variable same = tape.block(in.get(1), (t, x) -> x);
                    return norm(tape, Sum.add(tape, Sum.add(tape, sum, same), in.get(0)));
                },
                X,
                Y);
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void blocksWithinABlock(BlockValues values) {
        Tape.Block inner = (tape, x) -> Sum.add(tape, x, norm(tape, linear(tape, x, SQUARE)));
        Tape.Block outer = (tape, x) -> Sum.add(tape, x, norm(tape, tape.block(tape.block(x, inner), inner)));
        agrees(values, (tape, in) -> tape.block(tape.block(in.get(0), outer), outer), X);
    }

    @Test
    void gradientsOfABlockAreGivenBackThoughItsResultIsNoStream() {
        assertThat(backwardBytes(16)).isEqualTo(backwardBytes(8));
    }

    private static long backwardBytes(int blocks) {
        Tape tape = new Tape(Kernels.dry(), Arena.withoutMemory());
        Variable x = tape.input(normal(3, 4, 6, 1));
        for (int i = 0; i < blocks; i++) {
            x = tape.block(x, (inside, before) -> norm(inside, linear(inside, before, SQUARE)));
        }
        tape.newGradient(x).fill(1f);
        long forward = tape.arena().bytesAtMost();
        tape.backward();
        return tape.arena().bytesAtMost() - forward;
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aVariableFromOutsideMustBeAnInput(BlockValues values) {
        Tape tape = tape(values);
        Variable x = tape.input(X);
        Variable outside = tape.input(Y);
        assertThatThrownBy(() -> tape.block(x, (inside, before) -> Sum.add(inside, before, outside)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tensor[4 x 6] belongs to another tape (must be among the inputs of the block)");
        assertThatThrownBy(() -> tape.block(x, (inside, before) -> outside))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Tensor[4 x 6] belongs to another tape (must be among the inputs of the block)");
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aVariableFromInsideIsNotUsedOutside(BlockValues values) {
        Tape tape = tape(values);
        Variable[] inner = new Variable[1];
        tape.block(tape.input(X), (inside, before) -> {
            inner[0] = norm(inside, before);
            return Sum.add(inside, before, linear(inside, inner[0], SQUARE));
        });
        assertThatThrownBy(() -> norm(tape, inner[0]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to another tape");
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void anInputIsNotOverwritten(BlockValues values) {
        Tape tape = tape(values);
        Attention.Heads heads = Attention.Heads.plain(1, 1, 4);
        Forest sequences = Forest.of(new int[] {0, 4});
        Variable qkv = linear(tape, tape.input(X), weight(8, 12, 6, Storage.FLOAT32));
        assertThatThrownBy(() -> tape.block(
                        List.of(qkv),
                        4,
                        4,
                        (inside, in) -> Attention.apply(inside, in.get(0), heads, sequences, Optional.of(angles()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is to be overwritten and read elsewhere too");
        assertThatThrownBy(() -> tape.block(
                        List.of(qkv),
                        4,
                        6,
                        (inside, in) -> Linear.apply(
                                inside, LinearInput.gated(in.get(0), Activation.SILU), SQUARE, Optional.empty())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is to be overwritten and read elsewhere too");
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aResultOfAnotherShapeThanSaidIsRefused(BlockValues values) {
        Tape tape = tape(values);
        assertThatThrownBy(() -> tape.block(tape.input(X), (inside, x) -> linear(inside, x, NARROW)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("block: result Tensor[4 x 3] (must be 4 x 6)");
    }

    @ParameterizedTest
    @EnumSource(BlockValues.class)
    void aLossInsideABlockIsRefused(BlockValues values) {
        Tape tape = tape(values);
        assertThatThrownBy(() -> tape.block(tape.input(X), (inside, x) -> {
                    OutputLoss.apply(inside, x, SQUARE, new int[4], 1f);
                    return x;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loss inside a block (must come after the blocks)");
    }

    /** The gradient against differences, where there is one, and the value against that of kept blocks. */
    private static void agrees(BlockValues values, Differentiated.Operation network, Tensor... arguments) {
        assertThat(value(values, network, arguments)).containsExactly(value(BlockValues.KEPT, network, arguments));
        if (values != BlockValues.DROPPED) {
            new Differentiated(tape(values), network, arguments).inputsAgree();
        }
    }

    private static float[] value(BlockValues values, Differentiated.Operation network, Tensor... arguments) {
        Tape tape = tape(values);
        List<Variable> inputs = List.of(arguments).stream().map(tape::input).toList();
        return network.apply(tape, inputs).value().toArray();
    }

    private static Variable norm(Tape tape, Variable x) {
        return RmsNorm.apply(tape, x, NORM, 1e-5f);
    }

    private static Tape tape(BlockValues values) {
        Tape tape = new Tape(KERNELS, ARENA, values);
        tape.reset();
        return tape;
    }
}
