package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.config.TrainingSettings.Schedule;

class LearningRateTest {

    @ParameterizedTest
    @EnumSource
    void isWhatTransformersComputes(Schedule schedule) {
        // get_*_schedule_with_warmup(optimizer, 3, 10) with a peak of 2
        double[] afterWarmup =
                switch (schedule) {
                    case LINEAR -> new double[] {
                        2.0,
                        1.714285714285714,
                        1.428571428571429,
                        1.142857142857143,
                        0.857142857142857,
                        0.571428571428571,
                        0.285714285714286
                    };
                    case COSINE -> new double[] {
                        2.0,
                        1.900968867902419,
                        1.623489801858734,
                        1.222520933956314,
                        0.777479066043686,
                        0.376510198141267,
                        0.099031132097581
                    };
                    case CONSTANT -> new double[] {2, 2, 2, 2, 2, 2, 2};
                };
        LearningRate rate = new LearningRate(2, schedule, 3, 10);
        assertThat(IntStream.range(0, 3).mapToDouble(rate::at).toArray())
                .containsExactly(new double[] {0, 2 / 3.0, 4 / 3.0}, within(1e-14));
        assertThat(IntStream.range(3, 10).mapToDouble(rate::at).toArray()).containsExactly(afterWarmup, within(1e-14));
    }

    @ParameterizedTest
    @EnumSource
    void startsAtItsPeakWithoutWarmup(Schedule schedule) {
        assertThat(new LearningRate(0.5, schedule, 0, 4).at(0)).isEqualTo(0.5);
    }
}
