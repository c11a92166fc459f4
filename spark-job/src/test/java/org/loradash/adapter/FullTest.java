package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.Differences.normal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.loradash.autograd.Dense;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;

class FullTest {
    private static final Adapter FULL =
            new Adapter("full", 1, 1, List.of(Adapters.QUERY, Adapters.DOWN, Adapters.NEXT_QUERY), Map.of());

    @Test
    void startsWithTheWholeOfTheWeightAndNothingAdded() {
        float[] start = FULL.start(3);
        assertThat(start).hasSize(6 * 5 + 1 + 5 * 7 + 1 + 6 * 5 + 1);
        Map<String, Dense> dense = new ChainRule(FULL).dense(Tensor.of(1, start.length, start), Optional.empty());
        assertThat(dense.keySet()).containsExactlyElementsOf(names());
        assertThat(dense.values()).allSatisfy(change -> {
            assertThat(change.kept()).isEqualTo(1);
            assertThat(change.added().toArray()).containsOnly(0);
        });
    }

    @Test
    void itsChangesLieOnTheParametersMemoryAndTheGradients() {
        Tensor parameters = normal(1, 1, FULL.parameters(), 1);
        Tensor gradient = normal(2, 1, FULL.parameters(), 1);
        Map<String, Dense> dense = new ChainRule(FULL).dense(parameters, Optional.of(gradient));
        assertThat(gradient.toArray()).as("for the backward to add to").containsOnly(0);
        dense.get(Adapters.DOWN.name()).addedGradient().fill(2f);
        float[] of = gradient.toArray();
        Adapter.Range range = FULL.factorRanges().get(1);
        for (int i = 0; i < of.length; i++) {
            boolean added = i >= range.from() && i < range.to() - 1;
            assertThat(of[i]).as("element %d", i).isEqualTo(added ? 2f : 0f);
        }
        assertThat(dense.get(Adapters.DOWN.name()).kept()).isEqualTo(parameters.toArray()[range.to() - 1]);
    }

    @Test
    void onlyCoordinatesAreProductsOfFactors() {
        assertThat(ChangeFactors.allocate(FULL).of(Adapters.QUERY.name())).isNull();
        Adapter sprint = Adapters.dash(FULL);
        ChangeFactors changes = ChangeFactors.allocate(sprint);
        float[] parameters = normal(1, 1, sprint.parameters(), 1).toArray();
        new ChainRule(sprint)
                .changes(KernelProvider.best().open(), Tensor.of(1, parameters.length, parameters), changes);
        ChangeFactors.Pair pair = changes.of(Adapters.QUERY.name());
        assertThat(pair.a().toArray())
                .containsExactly(sprint.directions().get(Adapters.QUERY.name()).v());
        assertThat(pair.b().columns()).isEqualTo(3);
    }

    private static List<String> names() {
        return FULL.targets().stream().map(Target::name).toList();
    }
}
