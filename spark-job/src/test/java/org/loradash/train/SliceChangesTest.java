package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ChangeFactors;
import org.loradash.autograd.Dropout;
import org.loradash.config.Seeds;
import org.loradash.model.Target;

class SliceChangesTest {

    @Test
    void everyTargetAndSliceHasADropoutOfItsOwn() {
        Target first = new Target("model.layers.0.self_attn.q_proj", 0, 2, 2);
        Target second = new Target("model.layers.1.self_attn.q_proj", 1, 2, 2);
        ChangeFactors factors = ChangeFactors.allocate(new Adapter("lora", 1, 1, List.of(first, second), Map.of()));
        Set<Long> seeds = new HashSet<>();
        for (int slice = 0; slice < 4; slice++) {
            SliceChanges changes =
                    new SliceChanges(factors, factors, Map.of(), Map.of(), 0.1, OptionalLong.of(Seeds.mix(7, slice)));
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
        SliceChanges changes = new SliceChanges(factors, factors, Map.of(), Map.of(), 0, OptionalLong.of(7));
        assertThat(changes.dropout("target")).isEqualTo(Dropout.NONE);
        assertThat(changes.dropout("head", 0.5).probability()).isEqualTo(0.5f);
        assertThat(changes.of("target")).isPresent();
        assertThat(changes.of("another")).isEmpty();
    }

    @Test
    void aPassWithoutSeedDropsNothing() {
        Target target = new Target("target", 0, 2, 2);
        ChangeFactors factors = ChangeFactors.allocate(new Adapter("lora", 1, 1, List.of(target), Map.of()));
        SliceChanges changes = new SliceChanges(factors, factors, Map.of(), Map.of(), 0.1, OptionalLong.empty());
        assertThat(changes.dropout("target")).isEqualTo(Dropout.NONE);
        assertThat(changes.dropout("head", 0.5)).isEqualTo(Dropout.NONE);
    }
}
