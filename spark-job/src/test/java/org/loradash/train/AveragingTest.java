package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.loradash.train.Contribution.Part;

class AveragingTest {
    private static final TrainingState BEFORE =
            TrainingState.startingAt(new float[2], List.of(new Group("factors", 2, 0, 0.1, true)));

    @Test
    void weighsWorkersByTheirLabelledTokens() {
        Part mean = Averaging.WEIGHTED_MEAN.next(
                BEFORE, 0, List.of(contribution(0, 3, 1f, 4f, 0.5f), contribution(1, 1, 5f, 0f, 2.5f)));
        assertThat(mean.parameters()).containsExactly(2f, 2f);
        assertThat(mean.firstMoments()).containsExactly(3f, 3f);
        assertThat(mean.secondMoments()).containsExactly(1f, 1f);
    }

    @Test
    void averagesGradientsWhichHaveNoMoments() {
        float[] none = {};
        Part mean = Averaging.WEIGHTED_MEAN.next(
                BEFORE,
                0,
                List.of(
                        new Contribution(0, 1, new Part(new float[] {1}, none, none)),
                        new Contribution(1, 1, new Part(new float[] {2}, none, none))));
        assertThat(mean.parameters()).containsExactly(1.5f);
        assertThat(mean.firstMoments()).isEmpty();
    }

    @Property
    void leavesASingleWorkersBitsAsTheyAre(@ForAll float value, @ForAll @IntRange(min = 1) int tokens) {
        Part mean = Averaging.WEIGHTED_MEAN.next(BEFORE, 0, List.of(contribution(0, tokens, value, value, value)));
        assertThat(mean.parameters()[0]).isEqualTo(value);
    }

    private static Contribution contribution(int worker, long tokens, float parameter, float first, float second) {
        return new Contribution(
                worker,
                tokens,
                new Part(new float[] {parameter, parameter}, new float[] {first, first}, new float[] {second, second}));
    }
}
