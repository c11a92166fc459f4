package org.loradash.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowHashTest {
    private static final List<String> ROWS = List.of("a", "b", "b", "c", "");

    @Test
    void doesNotDependOnWhereRowsAreParted() {
        for (int first = 0; first <= ROWS.size(); first++) {
            for (int second = first; second <= ROWS.size(); second++) {
                assertThat(hash(ROWS.subList(0, first))
                                .and(hash(ROWS.subList(first, second)))
                                .and(hash(ROWS.subList(second, ROWS.size()))))
                        .isEqualTo(hash(ROWS));
            }
        }
    }

    @Test
    void dependsOnRowsAndTheirOrder() {
        RowHash hash = hash(ROWS);
        assertThat(hash.hexadecimal()).matches("[0-9a-f]{64}");
        assertThat(hash(List.of("b", "a", "b", "c", ""))).isNotEqualTo(hash);
        assertThat(hash(List.of("a", "b", "c", ""))).isNotEqualTo(hash);
    }

    private static RowHash hash(List<String> rows) {
        RowHash.Sum sum = new RowHash.Sum();
        rows.forEach(sum::add);
        return sum.hash();
    }
}
