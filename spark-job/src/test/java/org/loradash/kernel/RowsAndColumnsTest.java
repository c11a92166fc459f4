package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.assertFinite;
import static org.loradash.kernel.Samples.doubles;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.Expand;
import org.loradash.kernel.operation.Gather;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.ScatterRows;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;

class RowsAndColumnsTest {
    private final Samples samples = new Samples(23);

    @ParameterizedTest
    @CsvSource({
        "PORTABLE, 4, 6, 5",
        "PORTABLE, 1, 6, 5",
        "PORTABLE, 4, 1, 5",
        "PORTABLE, 4, 6, 1",
        "PORTABLE, 1, 1, 1",
        "PORTABLE, 1, 6, 5",
        "PORTABLE, 4, 1, 5",
        "PORTABLE, 4, 6, 1",
        "PORTABLE, 1, 1, 1",
        "PORTABLE, 33, 17, 20"
    })
    void productTakesEachFactorPlainOrTransposed(KernelProvider provider, int m, int n, int k) {
        Kernels kernels = provider.open();
        for (Side sideOfA : Side.values()) {
            for (Side sideOfB : Side.values()) {
                Tensor a = sideOfA == Side.PLAIN ? samples.normal(m, k) : samples.normal(k, m);
                Tensor b = sideOfB == Side.PLAIN ? samples.normal(k, n) : samples.normal(n, k);
                Tensor c = samples.normal(m, n);
                double[] expected = doubles(c);
                double[] as = doubles(a);
                double[] bs = doubles(b);
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        expected[i * n + j] *= 0.5;
                        for (int l = 0; l < k; l++) {
                            expected[i * n + j] += 2
                                    * as[sideOfA == Side.PLAIN ? i * k + l : l * m + i]
                                    * bs[sideOfB == Side.PLAIN ? l * n + j : j * k + l];
                        }
                    }
                }
                kernels.run(new MatrixProduct(a, sideOfA, b, sideOfB, c, 2, 0.5f));
                assertClose(c, expected, 1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void productOverwritesWhatWasNotANumber(KernelProvider provider) {
        Tensor c = Tensor.zeros(2, 3);
        c.fill(Float.NaN);
        provider.open()
                .run(new MatrixProduct(samples.normal(2, 4), Side.PLAIN, samples.normal(4, 3), Side.PLAIN, c, 1, 0));
        assertFinite(c);
    }

    @ParameterizedTest
    @EnumSource
    void productWorksOnWindows(KernelProvider provider) {
        Tensor memory = samples.normal(10, 6);
        double[] before = doubles(memory);
        Tensor a = memory.window(6, 2, 3);
        Tensor b = memory.window(12, 3, 4);
        Tensor c = memory.window(41, 2, 4);
        double[] expected = new double[8];
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 4; j++) {
                for (int l = 0; l < 3; l++) {
                    expected[i * 4 + j] += before[6 + i * 3 + l] * before[12 + l * 4 + j];
                }
            }
        }
        provider.open().run(new MatrixProduct(a, Side.PLAIN, b, Side.PLAIN, c, 1, 0));
        assertClose(c, expected, 1e-6);
        assertThat(memory.toArray()[40]).isEqualTo((float) before[40]);
        assertThat(memory.toArray()[49]).isEqualTo((float) before[49]);
    }

    @ParameterizedTest
    @EnumSource
    void expandsAndGathersRowsOfEveryStorage(KernelProvider provider) {
        for (Storage storage : Storage.values()) {
            Weight weight = Weight.allocate(9, 37, storage);
            float[] values = samples.normal(9, 37).toArray();
            weight.write(0, values, values.length);
            float[] held = new float[values.length];
            weight.read(0, held, held.length);
            Tensor rows = Tensor.zeros(4, 37);
            provider.open().run(new Expand(weight, 3, 7, rows));
            assertThat(rows.toArray()).as("%s", storage).containsExactly(part(held, 3 * 37, 4 * 37));
            Tensor gathered = Tensor.zeros(3, 37);
            provider.open().run(new Gather(weight, new int[] {8, 0, 8}, gathered));
            assertThat(gathered.rows(1, 2).toArray()).as("%s", storage).containsExactly(part(held, 0, 37));
            assertThat(gathered.rows(2, 3).toArray()).as("%s", storage).containsExactly(part(held, 8 * 37, 37));
        }
    }

    @ParameterizedTest
    @EnumSource
    void scattersTheSumOfRowsOfOneIndex(KernelProvider provider) {
        Tensor x = Tensor.of(3, 2, 1, 2, 3, 4, 5, 6);
        Tensor out = Tensor.of(2, 2, 10, 20, 30, 40);
        provider.open().run(new ScatterRows(x, new int[] {1, 0, 1}, out));
        assertThat(out.toArray()).containsExactly(13, 24, 36, 48);
    }

    @ParameterizedTest
    @EnumSource
    void gathersRowsOfATensor(KernelProvider provider) {
        Tensor x = Tensor.of(3, 2, 1, 2, 3, 4, 5, 6);
        Tensor out = Tensor.zeros(4, 2);
        provider.open().run(new GatherRows(x, new int[] {2, 0, 0, 1}, out));
        assertThat(out.toArray()).containsExactly(5, 6, 1, 2, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @EnumSource
    void writesAndAddsColumns(KernelProvider provider) {
        Kernels kernels = provider.open();
        Tensor wide = Tensor.of(2, 4, 1, 2, 3, 4, 5, 6, 7, 8);
        kernels.run(new WriteColumns(Tensor.of(2, 2, 1, 1, 2, 2), 10, wide, 1));
        assertThat(wide.toArray()).containsExactly(1, 10, 10, 4, 5, 20, 20, 8);
        Tensor narrow = Tensor.of(2, 2, 1, 1, 1, 1);
        kernels.run(new AddColumns(wide, 2, 0.5f, narrow));
        assertThat(narrow.toArray()).containsExactly(6, 3, 11, 5);
        kernels.run(new WriteScaledColumns(narrow, Tensor.of(1, 2, 2, 3), wide, 2));
        assertThat(wide.toArray()).containsExactly(1, 10, 12, 9, 5, 20, 22, 15);
    }

    @ParameterizedTest
    @EnumSource
    void addsTheDotsOfColumns(KernelProvider provider) {
        Tensor wide = Tensor.of(2, 3, 1, 2, 3, 4, 5, 6);
        Tensor out = Tensor.of(1, 2, 100, 200);
        provider.open().run(new AddColumnDots(wide, 1, Tensor.of(2, 2, 1, 10, 2, 20), out));
        assertThat(out.toArray()).containsExactly(112, 350);
    }

    private static float[] part(float[] values, int from, int count) {
        return Arrays.copyOfRange(values, from, from + count);
    }
}
