package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Dropout;
import org.loradash.model.Target;

class SeedsTest {

    @Test
    void isSplitMix64() {
        // The first outputs of SplitMix64 from 0, as in java.util.SplittableRandom and Vigna's reference code.
        assertThat(Seeds.mix(0, 0)).isEqualTo(0xE220A8397B1DCDAFL);
        assertThat(Seeds.mix(0, 1)).isEqualTo(0x6E789E6AA1B965F4L);
        assertThat(Seeds.mix(0, 2)).isEqualTo(0x06C45D188009454FL);
    }

    @Property(tries = 200)
    void partsOfASeedDiffer(@ForAll long seed, @ForAll @IntRange(min = 2, max = 300) int parts) {
        Set<Long> seeds = new HashSet<>();
        for (int part = 0; part < parts; part++) {
            seeds.add(Seeds.mix(seed, part));
        }
        assertThat(seeds).hasSize(parts);
    }

    @Test
    void everyTargetAndSliceHasADropoutOfItsOwn() {
        Target first = new Target("model.layers.0.self_attn.q_proj", 0, 2, 2);
        Target second = new Target("model.layers.1.self_attn.q_proj", 1, 2, 2);
        ChangeFactors factors = ChangeFactors.allocate(new Adapter("lora", 1, 1, List.of(first, second), Map.of()));
        Set<Long> seeds = new HashSet<>();
        for (int slice = 0; slice < 4; slice++) {
            SliceChanges changes = new SliceChanges(factors, factors, Map.of(), Map.of(), 0.1, Seeds.mix(7, slice));
            seeds.add(changes.dropout(first.name()).seed());
            seeds.add(changes.dropout(second.name()).seed());
            assertThat(changes.dropout(first.name()).probability()).isEqualTo(0.1f);
        }
        assertThat(seeds).hasSize(8);
    }

    @Test
    void withoutDropoutThereIsNoMask() {
        Target target = new Target("target", 0, 2, 2);
        ChangeFactors factors = ChangeFactors.allocate(new Adapter("lora", 1, 1, List.of(target), Map.of()));
        SliceChanges changes = new SliceChanges(factors, factors, Map.of(), Map.of(), 0, 7);
        assertThat(changes.dropout("target")).isEqualTo(Dropout.NONE);
        assertThat(changes.of("target")).isPresent();
        assertThat(changes.of("another")).isEmpty();
    }
}
