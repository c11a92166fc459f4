package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Each record is either held out or left, and which it is follows from the seed. */
class HoldOutTest {

    @Property
    void everyRecordIsEitherHeldOutOrLeft(
            @ForAll @IntRange(min = 1, max = 300) int records,
            @ForAll @IntRange(max = 299) int wanted,
            @ForAll long seed) {
        int count = wanted % records;
        HoldOut holdOut = HoldOut.choose(records, count, seed);
        assertThat(holdOut.heldOut()).hasSize(count).isSorted().doesNotHaveDuplicates();
        assertThat(holdOut.left()).isEqualTo(records - count);
        long[] left = LongStream.range(0, holdOut.left()).map(holdOut::left).toArray();
        assertThat(left).isSorted();
        assertThat(LongStream.concat(LongStream.of(left), LongStream.of(holdOut.heldOut()))
                        .sorted())
                .containsExactlyElementsOf(LongStream.range(0, records).boxed().toList());
    }

    @Test
    void followsFromTheSeed() {
        assertThat(HoldOut.choose(1000, 10, 1)).isEqualTo(HoldOut.choose(1000, 10, 1));
        assertThat(HoldOut.choose(1000, 10, 1)).isNotEqualTo(HoldOut.choose(1000, 10, 2));
    }

    @Test
    void isNotWhatTheRunWouldBeginWith() {
        RecordOrder order = new RecordOrder(1000, true, 1);
        assertThat(HoldOut.choose(1000, 10, 1).heldOut())
                .isNotEqualTo(
                        LongStream.range(0, 10).map(order::record).sorted().toArray());
    }

    @Test
    void withoutOneAllRecordsAreLeftInTheirOrder() {
        HoldOut none = HoldOut.none(5);
        assertThat(LongStream.range(0, none.left()).map(none::left)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void leavesAtLeastOneRecord() {
        assertThatThrownBy(() -> HoldOut.choose(5, 5, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 held out (must be below 5 records)");
    }
}
