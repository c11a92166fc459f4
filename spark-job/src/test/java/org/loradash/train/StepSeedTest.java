package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StepSeedTest {

    @Test
    void differsForEachRunStepAndWorker() {
        Set<Long> seeds = new HashSet<>();
        for (long run = 0; run < 10; run++) {
            for (int step = 0; step < 100; step++) {
                for (int worker = 0; worker < 10; worker++) {
                    seeds.add(StepSeed.of(run, step, worker));
                }
            }
        }
        assertThat(seeds).hasSize(10 * 100 * 10);
        assertThat(StepSeed.of(1, 2, 3)).isEqualTo(StepSeed.of(1, 2, 3));
    }
}
