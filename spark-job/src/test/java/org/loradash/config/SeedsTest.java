package org.loradash.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void areThoseOfSplitMix64() {
        // The first outputs of SplitMix64 from 0, as in java.util.SplittableRandom and Vigna's reference code.
        assertThat(Seeds.mix(0, 0)).isEqualTo(0xE220A8397B1DCDAFL);
        assertThat(Seeds.mix(0, 1)).isEqualTo(0x6E789E6AA1B965F4L);
        assertThat(Seeds.mix(0, 2)).isEqualTo(0x06C45D188009454FL);
    }

    @Property(tries = 200)
    void ofPartsDiffer(@ForAll long seed, @ForAll @IntRange(min = 2, max = 300) int parts) {
        Set<Long> seeds = new HashSet<>();
        for (int part = 0; part < parts; part++) {
            seeds.add(Seeds.mix(seed, part));
        }
        assertThat(seeds).hasSize(parts);
    }

    @Test
    void differForEachRunStepAndWorker() {
        Set<Long> seeds = new HashSet<>();
        for (long run = 0; run < 10; run++) {
            for (int step = 0; step < 100; step++) {
                for (int worker = 0; worker < 10; worker++) {
                    seeds.add(Seeds.ofStep(run, step, worker));
                }
            }
        }
        assertThat(seeds).hasSize(10 * 100 * 10);
        assertThat(Seeds.ofStep(1, 2, 3)).isEqualTo(Seeds.ofStep(1, 2, 3));
    }
}
