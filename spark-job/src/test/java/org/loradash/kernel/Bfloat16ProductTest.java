package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.operation.ProductTime;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.HalfPrecision;

/** Products whose factors are rounded to bfloat16, on CPUs that have them. */
class Bfloat16ProductTest {
    private static final double TOLERANCE = 2e-6;

    @ParameterizedTest
    @CsvSource({"64, 64, 64", "200, 65, 129", "71, 140, 300", "129, 256, 576"})
    void areThoseOfRoundedFactorsSummedInFloat32(int rows, int columns, int inner) {
        onThisCpu();
        for (Side sideOfA : Side.values()) {
            for (Side sideOfB : Side.values()) {
                check(rows, columns, inner, sideOfA, sideOfB);
            }
        }
    }

    private static void check(int rows, int columns, int inner, Side sideOfA, Side sideOfB) {
        Samples samples = new Samples(rows * 1000L + columns);
        Tensor a = factor(samples, rows, inner, sideOfA);
        Tensor b = factor(samples, inner, columns, sideOfB);
        Tensor c = samples.normal(rows, columns);
        for (float beta : new float[] {0, 1, 0.25f}) {
            Tensor exact = copyOf(c);
            Tensor actual = copyOf(c);
            run(Arithmetic.FLOAT32, 1, new MatrixProduct(rounded(a), sideOfA, rounded(b), sideOfB, exact, 0.5f, beta));
            run(Arithmetic.BFLOAT16, 1, new MatrixProduct(a, sideOfA, b, sideOfB, actual, 0.5f, beta));
            assertClose(actual, exact, TOLERANCE);
        }
    }

    @Test
    void goBlockByBlockThroughFactorsThatAreLarge() {
        onThisCpu();
        Samples samples = new Samples(3);
        Tensor a = samples.normal(600, 5000);
        Tensor b = samples.normal(530, 5000);
        Tensor exact = Tensor.zeros(600, 530);
        Tensor actual = Tensor.zeros(600, 530);
        run(Arithmetic.FLOAT32, 1, new MatrixProduct(rounded(a), Side.PLAIN, rounded(b), Side.TRANSPOSED, exact, 1, 0));
        run(Arithmetic.BFLOAT16, 1, new MatrixProduct(a, Side.PLAIN, b, Side.TRANSPOSED, actual, 1, 0));
        assertClose(actual, exact, TOLERANCE);
    }

    @Test
    void haveTheSameBitsOnAnyNumberOfThreads() {
        onThisCpu();
        Samples samples = new Samples(4);
        Tensor a = samples.normal(700, 300);
        Tensor b = samples.normal(300, 500);
        Tensor one = Tensor.zeros(700, 500);
        Tensor three = Tensor.zeros(700, 500);
        run(Arithmetic.BFLOAT16, 1, new MatrixProduct(a, Side.PLAIN, b, Side.PLAIN, one, 1, 0));
        run(Arithmetic.BFLOAT16, 3, new MatrixProduct(a, Side.PLAIN, b, Side.PLAIN, three, 1, 0));
        assertThat(three.toArray()).isEqualTo(one.toArray());
    }

    @Test
    void leaveColumnsBesideTheResultAsTheyWere() {
        onThisCpu();
        Samples samples = new Samples(5);
        Tensor wide = Tensor.zeros(64, 104);
        wide.fill(7);
        Tensor a = samples.normal(64, 64);
        Tensor b = samples.normal(64, 64);
        run(Arithmetic.BFLOAT16, 1, new MatrixProduct(a, Side.PLAIN, b, Side.PLAIN, wide.columns(20, 84), 1, 0));
        assertThat(wide.columns(0, 20).toArray()).containsOnly(7);
        assertThat(wide.columns(84, 104).toArray()).containsOnly(7);
        assertThat(wide.columns(20, 84).toArray()).doesNotContain(7);
    }

    @Test
    void keepWhatIsNoNumber() {
        onThisCpu();
        Tensor a = new Samples(6).normal(64, 64);
        float[] values = a.toArray();
        values[5] = Float.NaN;
        a.write(values, 0);
        Tensor c = Tensor.zeros(64, 64);
        run(
                Arithmetic.BFLOAT16,
                1,
                new MatrixProduct(a, Side.PLAIN, new Samples(7).normal(64, 64), Side.PLAIN, c, 1, 0));
        assertThat(c.rows(0, 1).toArray()).containsOnly(Float.NaN);
        assertThat(c.rows(1, 64).toArray()).doesNotContain(Float.NaN);
    }

    @Test
    void areRefusedWithThePortableKernels() {
        assertThatThrownBy(() -> KernelProvider.PORTABLE.open(1, Arithmetic.BFLOAT16))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("training.arithmetic: bfloat16 (must be float32 with the portable kernels)");
    }

    @Test
    void areThereWhereEveryProcessorSaysSo() {
        assertThat(NativeLibrary.multipliesBfloat16("flags : avx512f avx512_bf16\n\nflags : avx512_bf16\n"))
                .isTrue();
        assertThat(NativeLibrary.multipliesBfloat16("flags : avx512f avx512_bf16\n\nflags : avx512f\n"))
                .isFalse();
        assertThat(NativeLibrary.multipliesBfloat16("")).isFalse();
    }

    @Test
    void areTimedBesideThoseOfFloat32() {
        onThisCpu();
        assertThat(ProductTime.overFloat32(Arithmetic.BFLOAT16)).isPositive().isFinite();
    }

    private static void onThisCpu() {
        assumeTrue(NativeLibrary.multipliesBfloat16(), "this CPU has no products of bfloat16");
    }

    private static void run(Arithmetic arithmetic, int threads, MatrixProduct product) {
        try (Kernels kernels = KernelProvider.FUSED.open(threads, arithmetic)) {
            kernels.run(product);
        }
    }

    /** With a gap between its rows. */
    private static Tensor factor(Samples samples, int rows, int columns, Side side) {
        int across = side == Side.PLAIN ? columns : rows;
        return samples.normal(side == Side.PLAIN ? rows : columns, across + 9).columns(4, across + 4);
    }

    private static Tensor rounded(Tensor x) {
        float[] values = x.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(values[i]));
        }
        return Tensor.of(x.rows(), x.columns(), values);
    }
}
