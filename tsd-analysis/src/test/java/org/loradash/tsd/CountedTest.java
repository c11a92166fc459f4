package org.loradash.tsd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountedTest {
    @Test
    void oneThingIsSingularAndAllOtherNumbersArePlural() {
        assertThat(Counted.of(1, "set")).isEqualTo("1 set");
        assertThat(Counted.of(0, "set")).isEqualTo("0 sets");
        assertThat(Counted.of(21, "set")).isEqualTo("21 sets");
        assertThat(Counted.of(1, "matrix", "matrices")).isEqualTo("1 matrix");
        assertThat(Counted.of(2, "matrix", "matrices")).isEqualTo("2 matrices");
    }
}
