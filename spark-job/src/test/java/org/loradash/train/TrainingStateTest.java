package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStateTest {

    private static final Group FACTOR = new Group("factors", 1, 0, 0.1, true);
    private static final Group COORDINATES = new Group("coordinates", 2, 20, 0.3, true);

    @Test
    void putsANewGroupOfZeroBehindTheOthers() {
        float[] one = {1};
        TrainingState state = new TrainingState(2, 20, 320, List.of(FACTOR), 99, one, one, one);
        TrainingState sprint = state.with(COORDINATES);
        assertThat(sprint.groups()).containsExactly(FACTOR, COORDINATES);
        assertThat(sprint.parameters()).containsExactly(1, 0, 0);
        assertThat(sprint.firstMoments()).containsExactly(1, 0, 0);
        assertThat(sprint.secondMoments()).containsExactly(1, 0, 0);
        assertThat(sprint.weight()).isEqualTo(99);
    }

    @Test
    void refusesAGroupTwice() {
        TrainingState sprint =
                TrainingState.startingAt(new float[1], List.of(FACTOR)).with(COORDINATES);
        assertThatThrownBy(() -> sprint.with(COORDINATES)).hasMessage("group: coordinates (must be a new one)");
    }

    @Test
    void refusesGroupsOfAnotherLength() {
        assertThatThrownBy(() -> TrainingState.startingAt(new float[2], List.of(FACTOR)))
                .hasMessage("groups: 1 elements (must be 2, the parameters)");
    }

    @Test
    void refusesMomentsOfAnotherLength() {
        assertThatThrownBy(
                        () -> new TrainingState(0, 0, 0, List.of(FACTOR), 0, new float[1], new float[2], new float[1]))
                .hasMessage("moments: 2 and 1 elements (must be 1, one a parameter)");
    }
}
