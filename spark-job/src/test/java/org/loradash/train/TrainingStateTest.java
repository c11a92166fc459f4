package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TrainingStateTest {

    @Test
    void putsCoordinatesOfZeroBehindTheFactors() {
        float[] one = {1};
        TrainingState state = new TrainingState(2, 20, 320, TrainingState.NO_COORDINATES, 99, one, one, one);
        TrainingState sprint = state.withCoordinates(2);
        assertThat(sprint.coordinatesFrom()).isEqualTo(20);
        assertThat(sprint.parameters()).containsExactly(1, 0, 0);
        assertThat(sprint.firstMoments()).containsExactly(1, 0, 0);
        assertThat(sprint.secondMoments()).containsExactly(1, 0, 0);
        assertThat(sprint.weight()).isEqualTo(99);
    }

    @Test
    void refusesCoordinatesTwice() {
        TrainingState sprint = TrainingState.startingAt(new float[1]).withCoordinates(1);
        assertThatThrownBy(() -> sprint.withCoordinates(1)).hasMessage("the coordinates already began at step 0");
    }

    @Test
    void refusesMomentsOfAnotherLength() {
        assertThatThrownBy(() -> new TrainingState(0, 0, 0, -1, 0, new float[2], new float[2], new float[1]))
                .hasMessage("moments: 2 and 1 elements (must be 2, one a parameter)");
    }
}
