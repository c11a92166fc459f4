package org.loradash.task.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.loradash.data.Sequence;
import org.loradash.task.Packing;

class TokenBatchTest {
    private static final TokenBatch BATCH = TokenBatch.of(List.of(
            new Sequence(new int[] {5, 6, 7}, new int[] {5, 6, 7}),
            new Sequence(new int[] {8, 9}, new int[] {-100, 9}),
            new Sequence(new int[] {1, 2, 3, 4}, new int[] {1, -100, 30, -100})));

    @Test
    void laysSequencesEndToEndWithTheNextLabelAsTarget() {
        assertThat(BATCH.tokens()).containsExactly(5, 6, 7, 8, 9, 1, 2, 3, 4);
        assertThat(BATCH.targets()).containsExactly(6, 7, -1, 9, -1, -1, 30, -1, -1);
        assertThat(BATCH.starts()).containsExactly(0, 3, 5, 9);
        assertThat(BATCH.sequences()).isEqualTo(3);
        assertThat(BATCH.tokenCount()).isEqualTo(9);
        assertThat(BATCH.labelledTokens()).isEqualTo(4);
        assertThat(BATCH.longest()).isEqualTo(4);
    }

    @Test
    void countsLabelledTokensAsItsSequencesDo() {
        Sequence sequence = new Sequence(new int[] {1, 2, 3, 4}, new int[] {1, -100, 30, -100});
        assertThat(sequence.labelledTokens()).isEqualTo(1);
        assertThat(TokenBatch.of(List.of(sequence)).labelledTokens()).isEqualTo(1);
    }

    @Test
    void withoutPackingEachSequenceIsByItself() {
        assertThat(BATCH.separate())
                .containsExactly(
                        new TokenBatch(new int[] {5, 6, 7}, new int[] {6, 7, -1}, new int[] {0, 3}, 4),
                        new TokenBatch(new int[] {8, 9}, new int[] {9, -1}, new int[] {0, 2}, 4),
                        new TokenBatch(new int[] {1, 2, 3, 4}, new int[] {-1, 30, -1, -1}, new int[] {0, 4}));
    }

    @Test
    void aBatchThatFitsOneSliceIsThatSlice() {
        assertThat(BATCH.slices(9)).containsExactly(BATCH);
        assertThat(BATCH.slices(1000)).containsExactly(BATCH);
    }

    @Test
    void theLongestSequencesAreGivenOutFirst() {
        assertThat(BATCH.slices(8))
                .containsExactly(
                        new TokenBatch(new int[] {1, 2, 3, 4}, new int[] {-1, 30, -1, -1}, new int[] {0, 4}),
                        new TokenBatch(new int[] {5, 6, 7, 8, 9}, new int[] {6, 7, -1, 9, -1}, new int[] {0, 3, 5}, 4));
    }

    @Test
    void thereAreAPowerOfTwoOfSlicesButNoMoreThanSequences() {
        TokenBatch batch = ofLengths(10, 10, 10, 10, 10, 10);
        assertThat(batch.slices(60)).hasSize(1);
        assertThat(batch.slices(59)).hasSize(2);
        assertThat(batch.slices(30)).hasSize(2);
        assertThat(batch.slices(29)).hasSize(4);
        assertThat(batch.slices(15)).hasSize(4);
        assertThat(batch.slices(14)).hasSize(6);
        assertThat(batch.slices(1)).hasSize(6);
    }

    @Property(tries = 1000)
    void noSliceIsLargerThanTheLargest(
            @ForAll @Size(min = 1, max = 24) List<@IntRange(min = 1, max = 60) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 200) int sliceTokens) {
        TokenBatch batch = TokenBatch.of(lengths.stream()
                .map(length -> new Sequence(new int[length], new int[length]))
                .toList());
        int longest = lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
        assertThat(batch.slices(sliceTokens)).allSatisfy(slice -> assertThat(slice.tokenCount())
                .isLessThanOrEqualTo(Packing.largestSlice(lengths.size(), longest, sliceTokens)));
    }

    @Test
    void theLargestSliceIsReached() {
        assertThat(Packing.largestSlice(1, 60, 16)).isEqualTo(60);
        assertThat(Packing.largestSlice(4, 16, 1024)).isEqualTo(64);
        assertThat(Packing.largestSlice(16, 16, 64)).isEqualTo(76);
    }

    @Property(tries = 200)
    void slicesHoldEverySequenceOnceAndAreBalanced(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 50) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 300) int sliceTokens) {
        TokenBatch batch =
                ofLengths(lengths.stream().mapToInt(Integer::intValue).toArray());
        List<TokenBatch> slices = batch.slices(sliceTokens);

        assertThat(slices.stream().flatMap(slice -> slice.separate().stream()))
                .containsExactlyInAnyOrderElementsOf(batch.separate());
        assertThat(slices).allSatisfy(slice -> assertThat(slice.sequences()).isPositive());
        // No slice is more than one sequence ahead of another.
        int heaviest = slices.stream().mapToInt(TokenBatch::tokenCount).max().orElseThrow();
        int lightest = slices.stream().mapToInt(TokenBatch::tokenCount).min().orElseThrow();
        int longest = lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
        assertThat(heaviest - lightest).isLessThanOrEqualTo(longest);
        assertThat(batch.slices(sliceTokens)).isEqualTo(slices);
    }

    @Test
    void aSequenceHasAsManyLabelsAsTokens() {
        assertThatThrownBy(() -> new Sequence(new int[3], new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 labels for 3 tokens");
    }

    /** Sequences of these lengths, every token of them all another number. */
    private static TokenBatch ofLengths(int... lengths) {
        int[] next = {0};
        return TokenBatch.of(Arrays.stream(lengths)
                .mapToObj(length -> {
                    int[] tokens = IntStream.range(next[0], next[0] += length).toArray();
                    return new Sequence(tokens, tokens);
                })
                .toList());
    }
}
