package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows are those of make_log_bucket_position in transformers 5.23. */
class RelativePositionsTest {

    @Test
    void nearDistancesHaveTheirOwnRowAndFartherOnesShare() {
        RelativePositions positions = new RelativePositions(8, 32);
        int[] buckets = {0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7
        };
        for (int distance = 0; distance < buckets.length; distance++) {
            assertThat(positions.row(distance)).as("row of %d", distance).isEqualTo(8 + buckets[distance]);
            assertThat(positions.row(-distance)).as("row of -%d", distance).isEqualTo(8 - buckets[distance]);
        }
    }

    /** The sum over distances r from -512 to 512 of r + 513 times the row. */
    @ParameterizedTest
    @CsvSource({
        "8, 32, 5928935",
        "32, 128, 24843149",
        "256, 512, 189786745",
        "37, 128, 28763262",
        "256, 514, 189724912",
        "12, 40, 9085631"
    })
    void distancesOfEveryTableHaveTheirRows(int buckets, int most, long sum) {
        RelativePositions positions = new RelativePositions(buckets, most);
        assertThat(IntStream.rangeClosed(-512, 512)
                        .mapToLong(distance -> (distance + 513L) * positions.row(distance))
                        .sum())
                .isEqualTo(sum);
    }

    @Test
    void withoutBucketsEachDistanceHasARowUpToTheMost() {
        RelativePositions positions = new RelativePositions(-1, 3);
        assertThat(IntStream.rangeClosed(-5, 5).map(positions::row)).containsExactly(0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5);
        assertThat(positions.span()).isEqualTo(3);
    }

    @Test
    void textsOfALengthMeetTheRowsAroundTheMiddle() {
        RelativePositions positions = new RelativePositions(8, 32);
        assertThat(positions.from(6)).isEqualTo(3);
        assertThat(positions.to(6)).isEqualTo(14);
        assertThat(positions.rows(6)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(positions.rows(9)).startsWith(0, 1, 1, 1, 2).endsWith(10, 11, 11, 11, 12);
    }

    @Test
    void refusesOneBucketAndNoDistance() {
        assertThatThrownBy(() -> new RelativePositions(1, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("relative positions: 1 buckets to distance 8 (must be none or 2 at least, to 1 at least)");
        assertThatThrownBy(() -> new RelativePositions(4, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
