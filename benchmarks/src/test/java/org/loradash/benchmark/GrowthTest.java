package org.loradash.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowthTest {

    @Test
    void tellsFlatFromProportionalFromFaster() {
        assertThat(verdict(5, 5.2)).isEqualTo("cost: flat (5.00 to 5.20, exponent 0.03)");
        assertThat(verdict(5, 20)).contains("grows in proportion");
        assertThat(verdict(5, 10)).contains("less than in proportion");
        assertThat(verdict(5, 80)).contains("GROWS FASTER THAN IN PROPORTION");
        assertThat(verdict(5, 2.5)).contains("falls");
    }

    private static String verdict(double first, double last) {
        Growth growth = new Growth("cost");
        growth.add(2, first);
        growth.add(4, 7);
        growth.add(8, last);
        return growth.verdict();
    }
}
