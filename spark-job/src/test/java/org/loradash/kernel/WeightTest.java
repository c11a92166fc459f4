package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.loradash.config.ModelSettings.Storage;

class WeightTest {

    @Test
    void readsBackWhatWasWrittenInParts() {
        for (Storage storage : List.of(Storage.FLOAT32, Storage.BFLOAT16, Storage.FLOAT16)) {
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
