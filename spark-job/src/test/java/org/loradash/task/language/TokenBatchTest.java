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
        assertThat(slices(BATCH, 9)).containsExactly(BATCH);
        assertThat(slices(BATCH, 1000)).containsExactly(BATCH);
    }

    @Test
    void slicesKeepTheOrderAndAreAsFewAndAsEvenAsThatAllows() {
        assertThat(slices(BATCH, 8))
                .containsExactly(
                        new TokenBatch(new int[] {5, 6, 7, 8, 9}, new int[] {6, 7, -1, 9, -1}, new int[] {0, 3, 5}, 4),
                        new TokenBatch(new int[] {1, 2, 3, 4}, new int[] {-1, 30, -1, -1}, new int[] {0, 4}));
        TokenBatch batch = ofLengths(10, 10, 10, 10, 10, 10);
        assertThat(slices(batch, 60)).hasSize(1);
        assertThat(slices(batch, 59)).extracting(TokenBatch::sequences).containsExactly(3, 3);
        assertThat(slices(batch, 29)).extracting(TokenBatch::sequences).containsExactly(2, 2, 2);
        assertThat(slices(batch, 19)).hasSize(6);
        assertThat(slices(batch, 1)).hasSize(6);
    }

    @Test
    void whatSequencesShareIsGroupedAndCountedOnce() {
        // Two prompts of ten tokens, in turns, each with answers of two.
        TokenBatch batch = TokenBatch.of(IntStream.range(0, 6)
                .mapToObj(i -> {
                    int[] tokens = new int[12];
                    Arrays.fill(tokens, i % 2);
                    tokens[10] = 10 + i;
                    return new Sequence(tokens, tokens);
                })
                .toList());
        PrefixForest forest = PrefixForest.shared(batch);
        assertThat(forest.order()).containsExactly(0, 2, 4, 1, 3, 5);
        assertThat(forest.shared()).containsExactly(0, 10, 10, 0, 10, 10);
        assertThat(forest.tokens()).hasSize(2 * (10 + 3 * 2));
        List<TokenBatch> slices = batch.slices(forest, 20);
        assertThat(slices).hasSize(2);
        assertThat(slices).allSatisfy(slice -> {
            assertThat(slice.sequences()).isEqualTo(3);
            assertThat(PrefixForest.shared(slice).tokens()).hasSize(16);
        });
    }

    @Property(tries = 500)
    void noSliceIsLargerThanTheLargest(
            @ForAll @Size(min = 1, max = 24) List<@IntRange(min = 1, max = 60) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 200) int sliceTokens,
            @ForAll @IntRange(min = 1, max = 9) int alike) {
        TokenBatch batch = TokenBatch.of(IntStream.range(0, lengths.size())
                .mapToObj(i -> {
                    int[] tokens = new int[lengths.get(i)];
                    Arrays.fill(tokens, Math.min(tokens.length, alike), tokens.length, i);
                    return new Sequence(tokens, tokens);
                })
                .toList());
        int longest = lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
        int largest = Packing.largestSlice(lengths.size(), longest, sliceTokens);
        assertThat(slices(batch, sliceTokens))
                .allSatisfy(slice -> assertThat(slice.tokenCount()).isLessThanOrEqualTo(largest));
        assertThat(batch.slices(PrefixForest.shared(batch), sliceTokens))
                .allSatisfy(
                        slice -> assertThat(PrefixForest.shared(slice).tokens()).hasSizeLessThanOrEqualTo(largest));
    }

    @Test
    void theLargestSliceIsReached() {
        assertThat(Packing.largestSlice(1, 60, 16)).isEqualTo(60);
        assertThat(Packing.largestSlice(4, 16, 1024)).isEqualTo(64);
        assertThat(Packing.largestSlice(16, 16, 64)).isEqualTo(64);
    }

    @Property(tries = 200)
    void slicesHoldEverySequenceOnce(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 50) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 300) int sliceTokens) {
        TokenBatch batch =
                ofLengths(lengths.stream().mapToInt(Integer::intValue).toArray());
        List<TokenBatch> slices = slices(batch, sliceTokens);
        assertThat(slices.stream().flatMap(slice -> slice.separate().stream()))
                .containsExactlyElementsOf(batch.separate());
        assertThat(slices).allSatisfy(slice -> assertThat(slice.sequences()).isPositive());
        assertThat(slices(batch, sliceTokens)).isEqualTo(slices);
    }

    @Test
    void aSequenceHasAsManyLabelsAsTokens() {
        assertThatThrownBy(() -> new Sequence(new int[3], new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 labels for 3 tokens");
    }

    private static List<TokenBatch> slices(TokenBatch batch, int sliceTokens) {
        return batch.slices(PrefixForest.apart(batch), sliceTokens);
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
