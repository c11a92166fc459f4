package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.doubles;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.kernel.operation.Patches;

class PatchesTest {
    private static final Patches.View AROUND = new Patches.View(2, 2, 3, 1, 1, 1, 2, 2);

    @ParameterizedTest
    @EnumSource
    void areTheSquaresAroundPlacesWithZerosOutside(KernelProvider provider) {
        Tensor x = Tensor.of(4, 1, 1, 2, 3, 4);
        Tensor out = Tensor.zeros(1, 9);
        provider.open().run(new Patches.Forward(x, AROUND, 1, out));
        assertClose(out, new double[] {0, 0, 0, 1, 2, 0, 3, 4, 0}, 0);
    }

    @ParameterizedTest
    @EnumSource
    void ofAnEnlargedImageSeeEachPlaceAsFour(KernelProvider provider) {
        Patches.View enlarged = new Patches.View(1, 2, 3, 1, 1, 2, 2, 3);
        Tensor x = Tensor.of(2, 1, 1, 2);
        Tensor out = Tensor.zeros(6, 9);
        provider.open().run(new Patches.Forward(x, enlarged, 0, out));
        assertClose(out.rows(1, 2), Tensor.of(1, 9, 0, 0, 0, 1, 1, 2, 1, 1, 2), 0);
        assertClose(out.rows(5, 6), Tensor.of(1, 9, 1, 2, 0, 1, 2, 0, 0, 0, 0), 0);
    }

    @ParameterizedTest
    @EnumSource
    void giveTheirGradientsToAllThatTheyWereMadeOf(KernelProvider provider) {
        Samples samples = new Samples(3);
        for (Patches.View view : new Patches.View[] {
            AROUND, new Patches.View(3, 4, 3, 1, 2, 1, 2, 2), new Patches.View(3, 2, 3, 1, 1, 2, 5, 4)
        }) {
            Tensor x = samples.normal(view.height() * view.width(), 5);
            Tensor dOut = samples.normal(view.places(), 45);
            Tensor dx = samples.normal(x.rows(), 5);
            double[] expected = doubles(dx);
            Kernels kernels = provider.open(2);
            Tensor out = Tensor.zeros(view.places(), 45);
            for (int i = 0; i < expected.length; i++) {
                // Patches are linear: what one place alone gives is their derivative.
                float[] one = new float[expected.length];
                one[i] = 1;
                kernels.run(new Patches.Forward(Tensor.of(x.rows(), 5, one), view, 0, out));
                for (int j = 0; j < out.size(); j++) {
                    expected[i] += doubles(out)[j] * doubles(dOut)[j];
                }
            }
            kernels.run(new Patches.Backward(dOut, view, 0, dx));
            assertClose(dx, expected, 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void mustBeOfPlacesThatThereAre(KernelProvider provider) {
        assertThatThrownBy(() ->
                        provider.open().run(new Patches.Forward(Tensor.zeros(4, 1), AROUND, 3, Tensor.zeros(2, 9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("places: [3, 5) (must lie within 4)");
    }
}
