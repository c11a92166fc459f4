package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.loradash.config.ModelSettings.Storage;

class WeightTest {

    @Test
    void holdsEveryBfloat16AsItIs() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Bfloat16.value((short) bits);
            if (Float.isNaN(value)) {
                assertThat(Bfloat16.value(Bfloat16.bits(value))).isNaN();
            } else {
                assertThat(Bfloat16.bits(value)).as("bits %x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void holdsEveryFloat16AsItIs() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Float16.value((short) bits);
            if (Float.isNaN(value)) {
                assertThat(Float16.value(Float16.bits(value))).isNaN();
            } else {
                assertThat(Float16.bits(value)).as("bits %x", bits).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void float16HasTheKnownValues() {
        assertThat(Float16.value((short) 0x3c00)).isEqualTo(1);
        assertThat(Float16.value((short) 0xc000)).isEqualTo(-2);
        assertThat(Float16.value((short) 0x7bff)).isEqualTo(65504);
        assertThat(Float16.value((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(Float16.value((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void roundsToTheNearestAndTiesToEven() {
        assertThat(Float16.bits(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
        assertThat(Float16.bits(1 + 0x1.8p-10f)).isEqualTo((short) 0x3c02);
        assertThat(Float16.bits(1 + 0x1.1p-11f)).isEqualTo((short) 0x3c01);
        assertThat(Float16.bits(0x1p-25f)).isEqualTo((short) 0);
        assertThat(Float16.bits(0x1.8p-24f)).isEqualTo((short) 2);
        assertThat(Float16.bits(65519.996f)).isEqualTo((short) 0x7bff);
        assertThat(Float16.bits(65520)).isEqualTo((short) 0x7c00);
        assertThat(Bfloat16.bits(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
        assertThat(Bfloat16.bits(1 + 0x1.8p-7f)).isEqualTo((short) 0x3f82);
        assertThat(Bfloat16.bits(1 + 0x1.1p-8f)).isEqualTo((short) 0x3f81);
        assertThat(Bfloat16.value(Bfloat16.bits(Float.MAX_VALUE))).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void readsBackWhatWasWrittenInParts() {
        for (Storage storage : Storage.values()) {
            Weight weight = Weight.allocate(5, 7, storage);
            float[] values = new float[35];
            for (int i = 0; i < values.length; i++) {
                values[i] = i - 17;
            }
            weight.write(0, values, 20);
            float[] rest = Arrays.copyOfRange(values, 20, 35);
            weight.write(20, rest, 15);
            float[] back = new float[35];
            weight.read(0, back, 35);
            assertThat(back).as("%s", storage).containsExactly(values);
            float[] middle = new float[3];
            weight.read(19, middle, 3);
            assertThat(middle).containsExactly(2, 3, 4);
        }
    }

    @Test
    void isATensorOfTheSameMemoryWhenHeldAsFloat32() {
        Weight weight = Weight.allocate(2, 2, Storage.FLOAT32);
        Tensor plain = weight.plain().orElseThrow();
        weight.write(0, new float[] {1, 2, 3, 4}, 4);
        assertThat(plain.toArray()).containsExactly(1, 2, 3, 4);
        assertThat(Weight.allocate(2, 2, Storage.BFLOAT16).plain()).isEmpty();
    }

    @Test
    void refusesElementsOutsideItself() {
        Weight weight = Weight.allocate(2, 3, Storage.FLOAT32);
        assertThatThrownBy(() -> weight.write(4, new float[3], 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("elements: 3 from 4 on, 3 values (must lie within 2 x 3)");
    }
}
