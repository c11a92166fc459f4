package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RecordOrderTest {

    @Property(tries = 300)
    void everyShuffledEpochHasEveryRecordOnce(
            @ForAll @IntRange(min = 1, max = 2000) int records,
            @ForAll long seed,
            @ForAll @IntRange(max = 100) int epoch) {
        RecordOrder order = new RecordOrder(records, true, seed);
        long first = (long) epoch * records;
        assertThat(LongStream.range(0, records)
                        .map(i -> order.record(first + i))
                        .sorted())
                .containsExactlyElementsOf(LongStream.range(0, records).boxed().toList());
    }

    @Property(tries = 300)
    void anyNumberOfRecordsIsInRange(
            @ForAll @LongRange(min = 1) long records, @ForAll long seed, @ForAll @LongRange(min = 0) long position) {
        assertThat(new RecordOrder(records, true, seed).record(position)).isBetween(0L, records - 1);
        assertThat(new RecordOrder(records, false, seed).record(position)).isEqualTo(position % records);
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        long[] first = order(1000, 7, 0);
        assertThat(order(1000, 7, 0)).isEqualTo(first);
        assertThat(order(1000, 7, 1)).isNotEqualTo(first);
        assertThat(order(1000, 8, 0)).isNotEqualTo(first);
        assertThat(order(1000, 8, 1)).isNotEqualTo(order(1000, 7, 1)).isNotEqualTo(order(1000, 8, 0));
    }

    @Test
    void everyRecordComesFirstAboutAsOften() {
        int[] times = new int[5];
        for (int seed = 0; seed < 10_000; seed++) {
            times[(int) new RecordOrder(5, true, seed).record(0)]++;
        }
        // The mean is 2000 and the standard deviation 40.
        assertThat(Arrays.stream(times)).allSatisfy(count -> assertThat(count).isBetween(1800, 2200));
    }

    @Test
    void neighboursAreFarApartAfterShuffling() {
        long[] order = order(10_000, 1, 0);
        double correlation = 0;
        double variance = 0;
        for (int i = 0; i + 1 < order.length; i++) {
            correlation += (order[i] - 4999.5) * (order[i + 1] - 4999.5);
            variance += (order[i] - 4999.5) * (order[i] - 4999.5);
        }
        assertThat(correlation / variance).isBetween(-0.05, 0.05);
    }

    @Test
    void theOrderOfARunDoesNotChangeBetweenVersions() {
        assertThat(order(10, 42, 0)).containsExactly(7, 1, 2, 8, 6, 9, 4, 0, 5, 3);
        assertThat(order(10, 42, 3)).containsExactly(3, 5, 4, 0, 7, 8, 2, 6, 9, 1);
    }

    @Test
    void refusesNoRecords() {
        assertThatThrownBy(() -> new RecordOrder(0, true, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 records (must be at least 1)");
    }

    private static long[] order(int records, long seed, int epoch) {
        RecordOrder order = new RecordOrder(records, true, seed);
        return LongStream.range(0, records)
                .map(i -> order.record((long) epoch * records + i))
                .toArray();
    }
}
