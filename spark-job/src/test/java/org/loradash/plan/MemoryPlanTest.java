package org.loradash.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryPlanTest {

    @Test
    void bytesAreRoundedUp() {
        assertThat(Need.text(0)).isEqualTo("0 MiB");
        assertThat(Need.text(1)).isEqualTo("1 MiB");
        assertThat(Need.text(51L << 20)).isEqualTo("51 MiB");
        assertThat(Need.text((1L << 30) + 1)).isEqualTo("1.1 GiB");
    }

    @Test
    void tellsLargePartsFirstAndTinyOnesNotAtAll() {
        Need need = Need.of("weights", 2L << 30, "batch", 1L << 20, "activations", 3L << 30);
        assertThat(need.bytes()).isEqualTo((5L << 30) + (1L << 20));
        assertThat(need.told()).isEqualTo("activations 3.0 GiB, weights 2.0 GiB");
    }

    @Test
    void oneProcessHasItsOwnShareOnce() {
        Need executor = Need.of("weights", 5L, "optimiser", 2L, "Java itself", 3L);
        Need driver = Need.of("optimiser", 4L, "Java itself", 3L);
        assertThat(executor.with(driver, "Java itself"))
                .isEqualTo(Need.of("weights", 5L, "optimiser", 6L, "Java itself", 3L));
    }
}
