package org.loradash.benchmark.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Kernels.Side;
import org.loradash.kernel.Tensor;

class ProductsTest {
    private final Observation observation = new Observation(1);
    private final Kernels kernels = observation.apply(KernelProvider.best().open());
    private final Tensor a = Tensor.of(1, 2, 3f, 4f);
    private final Tensor b = Tensor.of(1, 2, 10f, 100f);
    private final Tensor c = Tensor.zeros(1, 1);

    @Test
    void areComputedAgainOnTheSameMemory() {
        observation.beginRecording();
        kernels.matmul(a, Side.PLAIN, b, Side.TRANSPOSED, c, 2f, 1f);
        observation.endRecording();
        try (ProductsAlone alone = new ProductsAlone(KernelProvider.best())) {
            assertThat(alone.run(observation.products())).isPositive();
        }
        assertThat(c.toArray()).as("c after two products that add to it").containsExactly(2 * 2 * 430f);
    }

    @Test
    void areKeptOnlyWhileTheyAreRecordedAndFromTheLastTimeOn() {
        kernels.matmul(a, Side.PLAIN, b, Side.TRANSPOSED, c, 1f, 0f);
        assertThat(counts()).containsExactly(0);
        observation.beginRecording();
        kernels.matmul(a, Side.PLAIN, b, Side.TRANSPOSED, c, 1f, 0f);
        observation.beginRecording();
        kernels.matmul(a, Side.PLAIN, b, Side.TRANSPOSED, c, 1f, 0f);
        observation.endRecording();
        kernels.matmul(a, Side.PLAIN, b, Side.TRANSPOSED, c, 1f, 0f);
        assertThat(counts()).containsExactly(1);
    }

    private List<Integer> counts() {
        return observation.products().stream().map(Products::count).toList();
    }
}
