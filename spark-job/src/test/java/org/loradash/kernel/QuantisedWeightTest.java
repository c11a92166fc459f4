package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.operation.Expand;
import org.loradash.tsd.io.TensorFile;

/** Weights in 4 and 8 bits: the codes, scales and values that the definitions give, which are bitsandbytes' too. */
class QuantisedWeightTest {
    private static final String FIXTURE = "quantised";

    @ParameterizedTest
    @ValueSource(strings = {"plain", "outliers", "ragged"})
    void nf4HasTheCodesOfNormalFloat(String name) {
        try (TensorFile tensors = tensors()) {
            Nf4Weight weight = (Nf4Weight) quantised(tensors, name, Storage.NF4);
            long[] packed = tensors.readLongs(name + ".nf4.packed");
            float[] absmax = tensors.readFloats(name + ".nf4.absmax");
            byte[] codes = new byte[absmax.length * Nf4Weight.BYTES_OF_BLOCK];
            weight.readCodes(0, codes, absmax.length);
            for (int i = 0; i < packed.length; i++) {
                assertThat(codes[i] & 0xff).as("byte %d", i).isEqualTo((int) packed[i]);
            }
            assertThat(weight.absmax().toArray()).containsExactly(absmax);
            assertThat(values(weight)).containsExactly(tensors.readFloats(name + ".nf4.dequantised"));
            assertThat(weight.bytes()).isEqualTo(absmax.length * 36L);
            assertThat(error(tensors, name, weight)).isCloseTo(expected(name, "nf4"), within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "outliers", "ragged"})
    void int8HasTheCodesOfItsRows(String name) {
        try (TensorFile tensors = tensors()) {
            Int8Weight weight = (Int8Weight) quantised(tensors, name, Storage.INT8);
            long[] expected = tensors.readLongs(name + ".int8.codes");
            byte[] codes = new byte[expected.length];
            weight.readCodes(0, codes, codes.length);
            for (int i = 0; i < codes.length; i++) {
                assertThat((long) codes[i]).as("element %d", i).isEqualTo(expected[i]);
            }
            assertThat(weight.absmax().toArray()).containsExactly(tensors.readFloats(name + ".int8.absmax"));
            assertThat(values(weight))
                    .containsExactly(withoutNegativeZeros(tensors.readFloats(name + ".int8.dequantised")));
            assertThat(weight.bytes()).isEqualTo(weight.size() + 4L * weight.rows());
            assertThat(error(tensors, name, weight)).isCloseTo(expected(name, "int8"), within(1e-9));
        }
    }

    /** Columns that are no multiple of a block's elements, in several matrices; read from within blocks too. */
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void everyProviderExpandsWhatIsReadAndNothingOfAMatrixDependsOnAnother(
            @ForAll KernelProvider provider,
            @ForAll("quantised") Storage storage,
            @ForAll @IntRange(min = 1, max = 12) int rows,
            @ForAll @IntRange(min = 1, max = 12) int otherRows,
            @ForAll @IntRange(min = 1, max = 300) int columns) {
        Samples samples = new Samples(rows * 1000L + columns);
        float[] first = samples.normal(rows, columns).toArray();
        float[] second = samples.normal(otherRows, columns).toArray();
        Weight stacked = Weight.allocate(List.of(rows, otherRows), columns, storage);
        stacked.write(0, first, first.length);
        stacked.write(first.length, second, second.length);
        Weight alone = Weight.allocate(otherRows, columns, storage);
        alone.write(0, second, second.length);
        float[] all = values(stacked);
        assertThat(Arrays.copyOfRange(all, first.length, all.length)).containsExactly(values(alone));

        int from = (rows + otherRows) / 3;
        Tensor out = Tensor.zeros(rows + otherRows - from, columns);
        try (Kernels kernels = provider.open()) {
            kernels.run(new Expand(stacked, from, rows + otherRows, out));
        }
        assertThat(out.toArray()).containsExactly(Arrays.copyOfRange(all, from * columns, all.length));
        assertThat(values(stacked.firstRows(rows + 1))).containsExactly(Arrays.copyOf(all, (rows + 1) * columns));
    }

    @Provide
    Arbitrary<Storage> quantised() {
        return Arbitraries.of(Storage.INT8, Storage.NF4);
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"INT8", "NF4"})
    void writtenInPartsItIsTheSame(Storage storage) {
        float[] values = new Samples(3).normal(64, 45).toArray();
        Weight whole = Weight.allocate(64, 45, storage);
        whole.write(0, values, values.length);
        Weight parts = Weight.allocate(64, 45, storage);
        int part = 7 * whole.unit();
        for (int from = 0; from < values.length; from += part) {
            float[] these = Arrays.copyOfRange(values, from, Math.min(values.length, from + part));
            parts.write(from, these, these.length);
        }
        assertThat(values(parts)).containsExactly(values(whole));
    }

    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"INT8", "NF4"})
    void theSmallestNumbersAreScaledToo(Storage storage) {
        float[] values = {Float.MIN_VALUE * 127, -Float.MIN_VALUE * 127, 0, 0};
        Weight weight = Weight.allocate(1, 4, storage);
        weight.write(0, values, 4);
        assertThat(values(weight)).containsExactly(values);
    }

    @Test
    void halfWayBetweenTwoCodesIsTheSmallerInNf4AndTheEvenOneInInt8() {
        Weight nf4 = Weight.allocate(1, 3, Storage.NF4);
        float half = (Nf4Weight.value(9) + Nf4Weight.value(10)) / 2;
        nf4.write(0, new float[] {1, half, Math.nextUp(half)}, 3);
        assertThat(values(nf4)).containsExactly(1, Nf4Weight.value(9), Nf4Weight.value(10));
        Weight int8 = Weight.allocate(1, 4, Storage.INT8);
        int8.write(0, new float[] {127, 2.5f, 3.5f, -2.5f}, 4);
        assertThat(values(int8)).containsExactly(127, 2, 4, -2);
    }

    @Test
    void refusesPartsOfWhatIsScaledTogether() {
        assertThatThrownBy(() -> Weight.allocate(4, 45, Storage.NF4).write(45, new float[45], 45))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("elements: 45 from 45 on (must be whole units of 64)");
        assertThatThrownBy(() -> Weight.allocate(4, 45, Storage.INT8).write(0, new float[64], 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("elements: 64 from 0 on (must be whole units of 45)");
    }

    @Test
    void refusesMoreElementsThanItHolds() {
        assertThatThrownBy(() -> Weight.withoutMemory(1 << 16, 1 << 16, Storage.NF4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight: 65536 x 65536 (must have at most 2147483648 elements as nf4)");
        assertThatThrownBy(() -> Weight.withoutMemory(1 << 16, 1 << 15, Storage.INT8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight: 65536 x 32768 (must have at most 1073741824 elements as int8)");
    }

    @Test
    void bytesAreWrittenAndReadByNd4jAsInTheHostsMemory() {
        byte[] values = new byte[96];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i * 37);
        }
        Codes codes = Codes.allocate(4, 32);
        codes.writeByNd4j(5, values, 90);
        byte[] back = new byte[90];
        codes.read(5, back, 90);
        assertThat(back).containsExactly(Arrays.copyOf(values, 90));
        codes.readByNd4j(5, back, 90);
        assertThat(back).containsExactly(Arrays.copyOf(values, 90));
    }

    private static TensorFile tensors() {
        return TensorFile.open(Fixtures.localFiles(), Fixtures.hadoopPath(FIXTURE + "/matrices.safetensors"));
    }

    private static Weight quantised(TensorFile tensors, String name, Storage storage) {
        long[] shape = tensors.tensor(name + ".values").shape();
        float[] values = tensors.readFloats(name + ".values");
        Weight weight = Weight.allocate((int) shape[0], (int) shape[1], storage);
        weight.write(0, values, values.length);
        return weight;
    }

    private static double expected(String name, String storage) {
        return Fixtures.json(Fixtures.path(FIXTURE).resolve("expected.json"))
                .at("/matrices/" + name + "/relative_error/" + storage)
                .asDouble();
    }

    /** Frobenius norm of what is lost, beside the matrix's. */
    private static double error(TensorFile tensors, String name, Weight weight) {
        float[] held = values(weight);
        float[] exact = tensors.readFloats(name + ".values");
        double lost = 0;
        double norm = 0;
        for (int i = 0; i < exact.length; i++) {
            lost += Math.pow((double) held[i] - exact[i], 2);
            norm += Math.pow(exact[i], 2);
        }
        return Math.sqrt(lost / norm);
    }

    /** NumPy's codes are floats, of which there are two zeros. */
    private static float[] withoutNegativeZeros(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += 0f;
        }
        return values;
    }

    private static float[] values(Weight weight) {
        float[] values = new float[Math.toIntExact(weight.size())];
        weight.read(0, values, values.length);
        return values;
    }
}
