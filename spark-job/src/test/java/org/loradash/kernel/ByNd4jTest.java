package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.loradash.kernel.Samples.assertClose;
import static org.loradash.kernel.Samples.copyOf;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.loradash.kernel.portable.PortableProduct;

/**
 * What goes through ND4J's operations where memory is not the host's, computed here on a CPU: the same as what reads and
 * writes the memory itself.
 */
class ByNd4jTest {

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void tensorsAreWrittenAndRead(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll @IntRange(max = 5) int before,
            @ForAll @IntRange(max = 5) int after) {
        Samples samples = new Samples(rows * 100L + columns);
        Tensor whole = samples.normal(rows, before + columns + after);
        Tensor part = whole.columns(before, before + columns);
        float[] values = new float[2 + rows * columns];
        part.readByNd4j(values, 2);
        float[] expected = new float[2 + rows * columns];
        part.read(expected, 2);
        assertThat(values).containsExactly(expected);

        Tensor dense = whole.rows(0, rows);
        float[] others = samples.normal(1, 3 + Math.toIntExact(dense.size())).toArray();
        dense.writeByNd4j(others, 3);
        assertThat(whole.toArray()).containsExactly(Arrays.copyOfRange(others, 3, others.length));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void weightsAreWrittenAndRead(
            @ForAll("ofFloats") Storage storage,
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns) {
        Random random = new Random(rows * 100L + columns);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            // Of all magnitudes, and some exactly between two that the storage holds.
            values[i] = (1 + (random.nextInt(8) * 2 + 1) * 0x1p-11f) * (float) Math.pow(2, random.nextInt(36) - 22);
        }
        FloatWeight expected = FloatWeight.allocate(rows, columns, storage);
        expected.write(0, values, values.length);
        FloatWeight weight = FloatWeight.allocate(rows, columns, storage);
        int first = random.nextInt(values.length + 1);
        weight.writeByNd4j(0, values, first);
        weight.writeByNd4j(first, Arrays.copyOfRange(values, first, values.length), values.length - first);
        assertThat(read(weight)).containsExactly(read(expected));

        float[] back = new float[values.length - first];
        expected.readByNd4j(first, back, back.length);
        assertThat(back).containsExactly(Arrays.copyOfRange(read(expected), first, values.length));
    }

    @Provide
    Arbitrary<Storage> ofFloats() {
        return Arbitraries.of(Storage.class).filter(storage -> !storage.isQuantised());
    }

    private static float[] read(Weight weight) {
        float[] values = new float[Math.toIntExact(weight.size())];
        weight.read(0, values, values.length);
        return values;
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void productsHaveSidesGapsAndFactors(
            @ForAll @IntRange(min = 1, max = 30) int rows,
            @ForAll @IntRange(min = 1, max = 30) int inner,
            @ForAll @IntRange(min = 1, max = 30) int columns,
            @ForAll Side sideOfA,
            @ForAll Side sideOfB,
            @ForAll @IntRange(max = 3) int gap) {
        Samples samples = new Samples(rows * 10000L + inner * 100 + columns);
        Tensor a = sideOfA == Side.PLAIN ? gapped(samples, rows, inner, gap) : gapped(samples, inner, rows, gap);
        Tensor b = sideOfB == Side.PLAIN ? gapped(samples, inner, columns, gap) : gapped(samples, columns, inner, gap);
        Tensor around = samples.normal(rows, columns + 2 * gap);
        for (float beta : new float[] {0f, 1f, 0.5f}) {
            Tensor expected = copyOf(around);
            Tensor actual = copyOf(around);
            PortableProduct.multiply(
                    new MatrixProduct(a, sideOfA, b, sideOfB, expected.columns(gap, gap + columns), 0.7f, beta));
            PortableProduct.byNd4j(
                    new MatrixProduct(a, sideOfA, b, sideOfB, actual.columns(gap, gap + columns), 0.7f, beta));
            assertClose(actual, expected, 1e-5);
        }
    }

    private static Tensor gapped(Samples samples, int rows, int columns, int gap) {
        return samples.normal(rows, columns + 2 * gap).columns(gap, gap + columns);
    }
}
