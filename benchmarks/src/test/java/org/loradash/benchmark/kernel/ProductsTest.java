package org.loradash.benchmark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;

class ProductsTest {
    private final Observation observation = new Observation(1);
    private final Kernels kernels = observation.apply(KernelProvider.best().open());
    private final Tensor a = Tensor.of(1, 2, 3f, 4f);
    private final Tensor b = Tensor.of(1, 2, 10f, 100f);
    private final Tensor c = Tensor.zeros(1, 1);

    @Test
    void areComputedAgainOnTheSameMemory() {
        observation.beginRecording();
        multiply(2f);
        observation.endRecording();
        assertThat(observation.productsAlone()).isPositive();
        assertThat(c.toArray()).as("c after two products that add to it").containsExactly(2 * 2 * 430f);
    }

    @Test
    void areKeptOnlyWhileTheyAreRecordedAndFromTheLastTimeOn() {
        multiply(1f);
        observation.beginRecording();
        multiply(1f);
        observation.beginRecording();
        multiply(1f);
        observation.endRecording();
        multiply(1f);
        c.fill(0f);
        observation.productsAlone();
        assertThat(c.toArray()).as("c after the one that was kept").containsExactly(430f);
    }

    @Test
    void areTalliedApartFromTheStep() {
        observation.beginRecording();
        multiply(1f);
        observation.endRecording();
        observation.productsAlone();
        observation.productsAlone();
        assertThat(observation.total().calls(Observation.LOW_RANK_PRODUCT)).isEqualTo(1);
        assertThat(observation.alone().calls(Observation.LOW_RANK_PRODUCT)).isEqualTo(2);
        observation.reset();
        assertThat(observation.total().calls(Observation.LOW_RANK_PRODUCT)).isZero();
        assertThat(observation.alone().calls(Observation.LOW_RANK_PRODUCT)).isZero();
    }

    @Test
    void belongToOneEngine() {
        assertThatThrownBy(() -> observation.apply(kernels))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an observation wraps one engine's kernels");
    }

    private void multiply(float alpha) {
        kernels.run(new MatrixProduct(a, Side.PLAIN, b, Side.TRANSPOSED, c, alpha, 1f));
    }
}
