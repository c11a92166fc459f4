package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfPrecisionTest {
    @ParameterizedTest
    @CsvSource({
        "0x0000, 0x0p0",
        "0x8000, -0x0p0",
        "0x3c00, 1",
        "0xc000, -2",
        "0x7bff, 65504",
        "0x0400, 0x1p-14",
        "0x03ff, 0x1.ff8p-15",
        "0x0001, 0x1p-24",
        "0x8001, -0x1p-24",
        "0x7c00, Infinity",
        "0xfc00, -Infinity",
        "0x7e00, NaN",
        "0x7c01, NaN",
        "0x3555, 0.33325195"
    })
    void readsFloat16(String bits, float value) {
        assertThat(HalfPrecision.ofFloat16(Integer.decode(bits).shortValue())).isEqualTo(Float.valueOf(value));
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000, 0x0p0",
        "0x8000, -0x0p0",
        "0x3f80, 1",
        "0x4049, 3.140625",
        "0x0001, 0x1p-133",
        "0x7f80, Infinity",
        "0xff80, -Infinity",
        "0x7f81, NaN",
        "0x7f7f, 3.3895314e38"
    })
    void readsBfloat16(String bits, float value) {
        assertThat(HalfPrecision.ofBfloat16(Integer.decode(bits).shortValue())).isEqualTo(Float.valueOf(value));
    }

    @Test
    void everySixteenBitNumberComesBackTheSame() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float half = HalfPrecision.ofFloat16((short) bits);
            if (half == half) {
                assertThat(HalfPrecision.toFloat16(half)).isEqualTo((short) bits);
            } else {
                assertThat(HalfPrecision.ofFloat16(HalfPrecision.toFloat16(half)))
                        .isNaN();
            }
            float brain = HalfPrecision.ofBfloat16((short) bits);
            if (brain == brain) {
                assertThat(HalfPrecision.toBfloat16(brain)).isEqualTo((short) bits);
            } else {
                assertThat(HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(brain)))
                        .isNaN();
            }
        }
    }

    @Test
    void everySixteenBitNumberHasTheValueThatItsFieldsSay() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            assertValue(HalfPrecision.ofFloat16((short) bits), bits, 10);
            assertValue(HalfPrecision.ofBfloat16((short) bits), bits, 7);
        }
    }

    /** IEEE 754: sign, exponent, fraction; the exponent's bias is half its range. */
    private static void assertValue(float actual, int bits, int fractionBits) {
        int most = (1 << 15 - fractionBits) - 1;
        int exponent = bits >>> fractionBits & most;
        double fraction = (bits & (1 << fractionBits) - 1) / (double) (1 << fractionBits);
        double magnitude = exponent == most
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : exponent == 0
                        ? fraction * Math.pow(2, 1 - most / 2)
                        : (1 + fraction) * Math.pow(2, exponent - most / 2);
        assertThat(Double.compare(actual, bits >>> 15 == 0 ? magnitude : -magnitude))
                .as("bits %x", bits)
                .isZero();
    }

    @Test
    void whatIsHalfWayBetweenNeighboursGoesToTheEvenOne() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float middle = (HalfPrecision.ofFloat16((short) bits) + HalfPrecision.ofFloat16((short) (bits + 1))) / 2;
            assertThat(HalfPrecision.toFloat16(middle)).isEqualTo((short) (bits + (bits & 1)));
            assertThat(HalfPrecision.toFloat16(-middle)).isEqualTo((short) (0x8000 | bits + (bits & 1)));
        }
        for (int bits = 0; bits < 0x7f7f; bits++) {
            float middle = Float.intBitsToFloat(bits << 16 | 0x8000);
            assertThat(HalfPrecision.toBfloat16(middle)).isEqualTo((short) (bits + (bits & 1)));
        }
    }

    @Property(tries = 20_000)
    void narrowingTakesTheNearestAndTiesToEven(@ForAll int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Math.abs(value) < 65504) {
            short half = HalfPrecision.toFloat16(value);
            double error = Math.abs((double) HalfPrecision.ofFloat16(half) - value);
            for (int neighbour : new int[] {half - 1, half + 1}) {
                double other = Math.abs((double) HalfPrecision.ofFloat16((short) neighbour) - value);
                assertThat(other < error || other == error && (half & 1) == 1).isFalse();
            }
        }
        short brain = HalfPrecision.toBfloat16(value);
        double error = Math.abs((double) HalfPrecision.ofBfloat16(brain) - value);
        for (int neighbour : new int[] {brain - 1, brain + 1}) {
            double other = Math.abs((double) HalfPrecision.ofBfloat16((short) neighbour) - value);
            assertThat(other < error || other == error && (brain & 1) == 1).isFalse();
        }
    }

    @Test
    void whatIsTooLargeBecomesInfinite() {
        assertThat(HalfPrecision.toFloat16(65519.99f)).isEqualTo((short) 0x7bff);
        assertThat(HalfPrecision.toFloat16(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfPrecision.toFloat16(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
        assertThat(HalfPrecision.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    }
}
