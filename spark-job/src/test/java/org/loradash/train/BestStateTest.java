package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Training ends when so many losses in a row were no lower than the lowest, and the lowest is the one that is kept. */
class BestStateTest {

    @Test
    void nothingIsBestBeforeTheFirstMeasurement() {
        assertThat(BestState.NONE.isPresent()).isFalse();
        assertThat(BestState.NONE.exhausts(1)).isFalse();
        assertThat(after(2.0).isPresent()).isTrue();
    }

    @Test
    void endsAfterAsManyLossesThatAreNoLowerAsThereIsPatience() {
        assertThat(after(3.0, 2.0, 2.5, 2.0).exhausts(3)).isFalse();
        assertThat(after(3.0, 2.0, 2.5, 2.0, 2.4).exhausts(3)).isTrue();
        assertThat(after(3.0, 2.0, 2.5, 2.0, 1.9).exhausts(1))
                .as("a lower one gives all patience back")
                .isFalse();
    }

    @Test
    void neverEndsWithoutPatienceToLose() {
        assertThat(after(1.0, 2.0, 3.0, 4.0).exhausts(0)).isFalse();
    }

    @Test
    void losesNoPatienceWhileTrainingMustGoOn() {
        BestState preLaunch = after(1.0, 2.0, 3.0).withPatience();
        assertThat(preLaunch.step()).isEqualTo(1);
        assertThat(preLaunch.exhausts(1)).isFalse();
        BestState sprint = preLaunch.after(4, 1.5, new float[0]);
        assertThat(sprint.step()).as("still the best of all").isEqualTo(1);
        assertThat(sprint.exhausts(1)).isTrue();
    }

    @Property
    void keepsTheFirstOfTheLowestLossesAndCountsThoseSince(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 5) Integer> losses,
            @ForAll @IntRange(min = 1, max = 6) int patience) {
        int lowest = losses.stream().mapToInt(Integer::intValue).min().orElseThrow();
        int first = losses.indexOf(lowest);
        BestState best = after(losses.stream().mapToDouble(Integer::doubleValue).toArray());
        assertThat(best.cost()).isEqualTo(lowest);
        assertThat(best.step()).isEqualTo(first + 1);
        assertThat(best.parameters()).containsExactly(first + 1);
        assertThat(best.withoutImprovement()).isEqualTo(losses.size() - 1 - first);
        assertThat(best.exhausts(patience)).isEqualTo(losses.size() - 1 - first >= patience);
    }

    /** Losses of steps 1, 2 and so on, whose states have their step as the only parameter. */
    private static BestState after(double... losses) {
        BestState best = BestState.NONE;
        for (int i = 0; i < losses.length; i++) {
            best = best.after(i + 1, losses[i], new float[] {i + 1});
        }
        return best;
    }
}
