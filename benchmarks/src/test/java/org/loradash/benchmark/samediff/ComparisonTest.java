package org.loradash.benchmark.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void comparesTwoThatComputeTheSame() {
        Comparison comparison = Comparison.run(10, 8, 12, 2, 2, 2, 1);
        assertThat(comparison.difference()).isLessThan(1e-5);
        assertThat(comparison.sameDiff()).hasSize(1);
        assertThat(comparison.productsAlone()).hasSize(1).allMatch(seconds -> seconds > 0);
    }
}
