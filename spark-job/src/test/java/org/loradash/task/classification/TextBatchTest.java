package org.loradash.task.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.data.LabelledTokens;

class TextBatchTest {
    private static final LabelledTokens FIRST = new LabelledTokens(new int[] {1, 5, 2}, new byte[] {0, 0, 1}, 1);
    private static final LabelledTokens SECOND = new LabelledTokens(new int[] {1, 2}, new byte[2], 0);
    private static final LabelledTokens THIRD = new LabelledTokens(new int[] {1, 6, 7, 2}, new byte[4], 2);

    @Test
    void textsLieEndToEnd() {
        TextBatch batch = TextBatch.of(List.of(FIRST, SECOND, THIRD));
        assertThat(batch.tokens()).containsExactly(1, 5, 2, 1, 2, 1, 6, 7, 2);
        assertThat(batch.types()).containsExactly(0, 0, 1, 0, 0, 0, 0, 0, 0);
        assertThat(batch.starts()).containsExactly(0, 3, 5, 9);
        assertThat(batch.labels()).containsExactly(1, 0, 2);
        assertThat(batch.examples()).containsExactly(0, 1, 2);
        assertThat(batch.lengths()).containsExactly(3, 2, 4);
    }

    @Test
    void aSliceKnowsWhichTextsOfTheBatchItsOwnAre() {
        TextBatch slice = TextBatch.of(List.of(FIRST, SECOND, THIRD)).only(new int[] {0, 2});
        assertThat(slice.tokens()).containsExactly(1, 5, 2, 1, 6, 7, 2);
        assertThat(slice.labels()).containsExactly(1, 2);
        assertThat(slice.examples()).containsExactly(0, 2);
        assertThat(slice.only(new int[] {1}).examples()).containsExactly(2);
    }
}
