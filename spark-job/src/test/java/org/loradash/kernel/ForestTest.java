package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.kernel.operation.Attention;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Forest;
import org.loradash.kernel.operation.Reach;

class ForestTest {
    @Test
    void aTokensPlaceIsItsDistanceFromTheRoot() {
        Forest forest = Forest.of(new int[] {0, 2, 3, 5, 6, 7}, new int[] {-1, 0, 0, 2, -1});
        assertThat(forest.places()).containsExactly(0, 1, 2, 2, 3, 4, 0);
        assertThat(forest.height()).isEqualTo(5);
        assertThat(forest.trees()).isEqualTo(2);
        assertThat(forest.root(1)).isEqualTo(4);
        assertThat(forest.isOfSequences()).isFalse();
        assertThat(Forest.of(new int[] {0, 2, 3}).isOfSequences()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, -1, 0", "0, -1, -1", "-1, -1, 0", "-1, -2, 0", "-1, 0, 2"})
    void aParentIsOnTheWayToTheSegmentBefore(int first, int second, int third) {
        assertThatThrownBy(() -> Forest.of(new int[] {0, 1, 2, 3}, new int[] {first, second, third}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("parents: .* \\(must be on the way from the root to the segment before it\\)");
    }

    @Test
    void segmentsAreNotEmptyAndHaveAParentEach() {
        assertThatThrownBy(() -> Forest.of(new int[] {0, 2, 2}, new int[] {-1, 0}))
                .hasMessage("starts: 2 after 2 (must ascend)");
        assertThatThrownBy(() -> Forest.of(new int[] {0, 2}, new int[] {-1, 0}))
                .hasMessage("parents: 2 of 1 segments (must be as many)");
    }

    @Test
    void attentionBothWaysIsWithinSequencesAlone() {
        AttentionShape shape = AttentionShape.causal(1, 1, Forest.of(new int[] {0, 1, 2}, new int[] {-1, 0}), 1)
                .reaching(Reach.BOTH_WAYS);
        Tensor x = Tensor.zeros(2, 1);
        assertThatThrownBy(() -> KernelProvider.best()
                        .open()
                        .run(new Attention.Forward(x, x, x, shape, Tensor.zeros(2, 1), Tensor.zeros(2, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("forest: segments behind others (must be sequences apart)");
    }
}
