package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.adapter.Adapters.DOWN;
import static org.loradash.adapter.Adapters.NEXT_QUERY;
import static org.loradash.adapter.Adapters.QUERY;
import static org.loradash.adapter.Adapters.RANK;
import static org.loradash.adapter.Adapters.SCALE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.loradash.adapter.Adapter.Range;
import org.loradash.model.Target;

class AdapterTest {

    @Test
    void laysFactorsThenCoordinatesInTheOrderOfTargets() {
        Adapter adapter = Adapters.dash();
        assertThat(adapter.factorRanges()).containsExactly(new Range(0, 22), new Range(22, 46), new Range(46, 68));
        assertThat(adapter.coordinateRanges()).containsExactly(new Range(68, 71), new Range(71, 74), new Range(74, 77));
        assertThat(adapter.parameters()).isEqualTo(77);
        assertThat(adapter.factorParameters()).isEqualTo(68);
        assertThat(adapter.coordinateParameters()).isEqualTo(9);
    }

    @Test
    void piecesAreBlocksOfTheModelAndThenAllCoordinates() {
        assertThat(Adapters.lora().pieces()).containsExactly(new Range(0, 46), new Range(46, 68));
        assertThat(Adapters.dash().pieces()).containsExactly(new Range(0, 46), new Range(46, 68), new Range(68, 77));
    }

    @Property(tries = 200)
    void rangesAndPiecesPartitionTheVector(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 4) Integer> layers,
            @ForAll @IntRange(min = 1, max = 4) int rank,
            @ForAll @IntRange(min = 0, max = 3) int directions) {
        List<Target> targets = new ArrayList<>();
        for (int layer : layers.stream().sorted().toList()) {
            targets.add(new Target("target-" + targets.size(), layer, 4 + layer, 3 + targets.size()));
        }
        Adapter adapter = new Adapter("lora", rank, 1, targets, Map.of());
        if (directions > 0) {
            Map<String, Directions> chosen = new java.util.HashMap<>();
            targets.forEach(target -> chosen.put(target.name(), Adapters.directions(target, directions)));
            adapter = adapter.withDirections(chosen);
        }
        List<Range> ranges = new ArrayList<>(adapter.factorRanges());
        ranges.addAll(adapter.coordinateRanges());
        assertPartition(ranges, adapter.parameters());
        assertPartition(adapter.pieces(), adapter.parameters());
        long blocks = layers.stream().distinct().count();
        assertThat(adapter.pieces()).hasSize((int) blocks + (directions > 0 ? 1 : 0));
    }

    @Test
    void aTargetsChangeHasTheMethodsRankAndOneForEachDirection() {
        assertThat(Adapters.lora().changeRank(QUERY)).isEqualTo(RANK);
        assertThat(Adapters.dash().changeRank(QUERY)).isEqualTo(RANK + 3);
        assertThat(ChangeFactors.allocate(Adapters.dash()).of(DOWN.name()).a().rows())
                .isEqualTo(RANK + 3);
        assertThat(ChangeFactors.allocate(Adapters.dash()).of("lm_head")).isNull();
    }

    @Test
    void refusesDirectionsOfSomeTargetsOnly() {
        Map<String, Directions> ofOne = Map.of(QUERY.name(), Adapters.directions(QUERY, 2));
        assertThatThrownBy(() -> Adapters.lora().withDirections(ofOne))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("directions of 1 targets (must be of all 3, or of none)");
    }

    @Test
    void startsLoraWithAWithinItsBoundAndBAtZero() {
        Target wide = new Target("wide", 0, 30, 400);
        float[] start = new Adapter("lora", 8, 2, List.of(wide), Map.of()).start(1);
        float[] a = Arrays.copyOf(start, 8 * 400);
        double bound = 1 / Math.sqrt(400);
        double squares = 0;
        double sum = 0;
        for (float value : a) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
            squares += value * value;
            sum += value;
        }
        assertThat(squares / a.length).as("variance").isBetween(0.95 * bound * bound / 3, 1.05 * bound * bound / 3);
        assertThat(Math.abs(sum / a.length)).as("mean").isLessThan(0.05 * bound);
        assertThat(Arrays.copyOfRange(start, 8 * 400, start.length))
                .hasSize(8 * 30)
                .containsOnly(0f);
    }

    @Test
    void startsFromItsSeedAlone() {
        assertThat(Adapters.lora().start(1)).containsExactly(Adapters.lora().start(1));
        assertThat(Adapters.lora().start(2)).isNotEqualTo(Adapters.lora().start(1));
    }

    @Test
    void startsATargetTheSameWhateverOthersThereAre() {
        float[] three = Adapters.lora().start(1);
        float[] alone = new Adapter("lora", RANK, SCALE, List.of(NEXT_QUERY), Map.of()).start(1);
        assertThat(alone).containsExactly(Arrays.copyOfRange(three, 46, 68));
        assertThat(Arrays.copyOf(three, 22)).as("of another target").isNotEqualTo(alone);
    }

    private static void assertPartition(List<Range> ranges, int size) {
        int from = 0;
        for (Range range : ranges) {
            assertThat(range.from()).isEqualTo(from);
            assertThat(range.size()).isPositive();
            from = range.to();
        }
        assertThat(from).isEqualTo(size);
    }
}
