package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.RmsNorm;

/** What an operation writes lies on none of its other arguments. */
class OverlapTest {
    private final Tensor memory = Tensor.zeros(6, 8);

    @ParameterizedTest
    @EnumSource
    void aResultOnAnArgumentIsRefused(KernelProvider provider) {
        Kernels kernels = provider.open();
        Tensor x = memory.rows(0, 2);
        assertThatThrownBy(() -> kernels.run(new Add(x, 1, x)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("y: Tensor[2 x 8] lies on x, Tensor[2 x 8] (must be apart, since it is written)");
        assertThatThrownBy(() -> kernels.run(new Copy(memory.rows(1, 3), x)))
                .hasMessageStartingWith("y: Tensor[2 x 8] lies on x");
    }

    @ParameterizedTest
    @EnumSource
    void aGradientThatIsItsOwnArgumentIsRefused(KernelProvider provider) {
        Tensor gradient = memory.rows(0, 2);
        Tensor weight = Tensor.zeros(1, 8);
        assertThatThrownBy(() -> provider.open()
                        .run(new RmsNorm.Backward(
                                gradient, memory.rows(2, 4), weight, Tensor.zeros(2, 1), memory.rows(0, 2))))
                .hasMessage("dOut: Tensor[2 x 8] lies on dx, Tensor[2 x 8] (must be apart, since it is written)");
    }

    @ParameterizedTest
    @EnumSource
    void neighboursAndColumnsOfOneMatrixAreApart(KernelProvider provider) {
        Kernels kernels = provider.open();
        kernels.run(new Copy(memory.rows(0, 3), memory.rows(3, 6)));
        kernels.run(new GatedUnit.Backward(
                Tensor.zeros(6, 4), memory.columns(0, 4), memory.columns(4, 8), Activation.SILU));
        assertThat(memory.toArray()).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    void dropoutMayReplaceItsArgumentButNotLieAcrossIt(KernelProvider provider) {
        Kernels kernels = provider.open();
        kernels.run(new Drop(memory.rows(0, 2), 1, 0, 0.5f, memory.rows(0, 2)));
        assertThatThrownBy(() -> kernels.run(new Drop(memory.rows(0, 2), 1, 0, 0.5f, memory.rows(1, 3))))
                .hasMessage("out: Tensor[2 x 8] lies on x, Tensor[2 x 8] (must be apart, since it is written)");
    }

    @ParameterizedTest
    @EnumSource
    void activationMayReplaceItsArgumentButNotLieAcrossIt(KernelProvider provider) {
        Kernels kernels = provider.open();
        kernels.run(new Activate.Forward(memory.rows(0, 2), Activation.GELU, memory.rows(0, 2)));
        assertThatThrownBy(
                        () -> kernels.run(new Activate.Forward(memory.rows(0, 2), Activation.GELU, memory.rows(1, 3))))
                .hasMessage("out: Tensor[2 x 8] lies on x, Tensor[2 x 8] (must be apart, since it is written)");
    }

    @ParameterizedTest
    @EnumSource
    void groupNormMayReplaceItsArgumentButNotLieAcrossIt(KernelProvider provider) {
        Kernels kernels = provider.open();
        Tensor ones = Tensor.of(1, 8, 1, 1, 1, 1, 1, 1, 1, 1);
        Tensor two = Tensor.zeros(1, 2);
        Tensor others = Tensor.zeros(1, 2);
        kernels.run(new GroupNorm.Forward(
                memory.rows(0, 2), 2, ones, ones, 1, GroupNorm.Then.NOTHING, memory.rows(0, 2), two, others));
        assertThatThrownBy(() -> kernels.run(new GroupNorm.Forward(
                        memory.rows(0, 2), 2, ones, ones, 1, GroupNorm.Then.NOTHING, memory.rows(1, 3), two, others)))
                .hasMessage("out: Tensor[2 x 8] lies on x, Tensor[2 x 8] (must be apart, since it is written)");
    }

    @Test
    void memoryIsKnownByItsAddress() {
        Tensor window = Tensor.over(memory.rows(1, 3).array(), 2, 8);
        assertThat(window.overlaps(memory.rows(2, 4))).isTrue();
        assertThat(window.overlaps(memory.rows(3, 6))).isFalse();
        assertThat(memory.rows(0, 1).overlaps(window)).isFalse();
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void isThatAnElementIsInBoth(
            @ForAll @IntRange(max = 6) int fromRow,
            @ForAll @IntRange(max = 6) int toRow,
            @ForAll @IntRange(max = 8) int fromColumn,
            @ForAll @IntRange(max = 8) int toColumn,
            @ForAll @IntRange(max = 40) int offset,
            @ForAll @IntRange(max = 8) int length) {
        Tensor block = memory.rows(Math.min(fromRow, toRow), Math.max(fromRow, toRow))
                .columns(Math.min(fromColumn, toColumn), Math.max(fromColumn, toColumn));
        Tensor run = memory.window(offset, 1, length);
        Tensor elsewhere = Tensor.zeros(6, 8);
        Tensor other = memory.rows(Math.min(2, toRow), 2 + Math.min(fromRow, 4)).columns(1, 1 + Math.min(7, toColumn));
        for (Tensor second : new Tensor[] {run, other}) {
            memory.fill(0);
            if (block.size() > 0) {
                block.fill(1);
            }
            float before = sum(second);
            assertThat(block.overlaps(second)).as("%s, %s", block, second).isEqualTo(before > 0);
            assertThat(second.overlaps(block)).as("%s, %s", second, block).isEqualTo(before > 0);
            assertThat(block.overlaps(elsewhere)).isFalse();
        }
    }

    private static float sum(Tensor x) {
        float sum = 0;
        for (float value : x.toArray()) {
            sum += value;
        }
        return sum;
    }
}
