package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundPlanTest {

    @Property
    void readsEveryRecordOnceAndInOrderOfRoundWorkerStepAndRow(
            @ForAll @IntRange(min = 1, max = 4) int workers,
            @ForAll @IntRange(min = 1, max = 5) int localSteps,
            @ForAll @IntRange(min = 1, max = 3) int batchSize,
            @ForAll @IntRange(min = 1, max = 12) int steps) {
        List<Long> records = new ArrayList<>();
        TrainingState state = TrainingState.startingAt(new float[1], List.of(new Group("factors", 1, 0, 0.1, true)));
        while (state.step() < steps) {
            RoundPlan plan = RoundPlan.next(state, localSteps, steps, workers, batchSize);
            for (int worker = 0; worker < workers; worker++) {
                for (int step = 0; step < plan.localSteps(); step++) {
                    for (int row = 0; row < batchSize; row++) {
                        records.add(plan.record(worker, step) + row);
                    }
                }
            }
            state = state.after(plan, 1, state.parameters(), state.firstMoments(), state.secondMoments());
        }
        assertThat(state.step()).isEqualTo(steps);
        assertThat(state.cursor()).isEqualTo((long) steps * workers * batchSize);
        assertThat(records).isSorted().doesNotHaveDuplicates().hasSize(steps * workers * batchSize);
    }

    @Test
    void cutsARoundShortSoThatItEndsAtTheLastStep() {
        TrainingState state = new TrainingState(3, 30, 480, List.of(), 0, new float[0], new float[0], new float[0]);
        assertThat(RoundPlan.next(state, 10, 34, 2, 8)).isEqualTo(new RoundPlan(3, 30, 4, 2, 8, 480));
    }

    @Test
    void refusesARoundAfterTheEnd() {
        TrainingState state = TrainingState.startingAt(new float[1], List.of(new Group("factors", 1, 0, 0.1, true)));
        assertThatThrownBy(() -> RoundPlan.next(state, 10, 0, 2, 8)).hasMessage("step: 0 (must be before the end, 0)");
    }
}
