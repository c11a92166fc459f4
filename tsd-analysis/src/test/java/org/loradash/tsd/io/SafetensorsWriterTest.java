package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.tsd.InvalidInput;

class SafetensorsWriterTest {
    @TempDir
    Path directory;

    @Test
    void whatIsWrittenIsReadBack() {
        float[] weights = new float[300_001];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i * 0.5f;
        }
        byte[] bytes = written(
                Map.of("format", "pt"),
                NamedTensor.of("weights \"é\"", weights, weights.length, 1),
                NamedTensor.of("chosen", new long[] {7, -1}, 2),
                NamedTensor.of("scalar", new float[] {-0f}),
                NamedTensor.of("empty", new float[0], 0, 3));
        try (TensorFile file = Samples.open(directory, bytes)) {
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.readFloats("weights \"é\"")).isEqualTo(weights);
            assertThat(file.readLongs("chosen")).containsExactly(7, -1);
            assertThat(file.readFloats("scalar")).containsExactly(-0f);
            assertThat(file.readFloats("empty")).isEmpty();
            assertThat(file.tensor("weights \"é\"").shape()).containsExactly(300_001, 1);
        }
    }

    @Test
    void numbersAreRoundedToTheirTypeAndTensorsOfOtherFilesCopied() throws IOException {
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + i * 0x1p-20f;
        }
        byte[] other = written(
                Map.of(), NamedTensor.of("far", values, values.length), NamedTensor.of("ids", new long[] {5, -6}, 2));
        try (TensorFile source = Samples.open(directory, other)) {
            byte[] bytes = written(
                    Map.of(),
                    new NamedTensor.Rounded("f64", ElementType.F64, new long[] {values.length}, () -> values),
                    new NamedTensor.Rounded("f32", ElementType.F32, new long[] {values.length}, () -> values),
                    new NamedTensor.Rounded("f16", ElementType.F16, new long[] {values.length}, () -> values),
                    new NamedTensor.Rounded("bf16", ElementType.BF16, new long[] {1, values.length}, () -> values),
                    new NamedTensor.Copied(source, source.tensor("far")),
                    new NamedTensor.Copied(source, source.tensor("ids")));
            try (TensorFile file = Samples.open(Files.createDirectory(directory.resolve("second")), bytes)) {
                assertThat(file.readFloats("f64")).isEqualTo(values);
                assertThat(file.readFloats("f32")).isEqualTo(values);
                assertThat(file.readFloats("far")).isEqualTo(values);
                assertThat(file.readLongs("ids")).containsExactly(5, -6);
                assertThat(file.tensor("bf16").shape()).containsExactly(1, values.length);
                float[] f16 = file.readFloats("f16");
                float[] bf16 = file.readFloats("bf16");
                for (int i = 0; i < values.length; i += 997) {
                    assertThat(f16[i]).isEqualTo(HalfPrecision.ofFloat16(HalfPrecision.toFloat16(values[i])));
                    assertThat(bf16[i]).isEqualTo(HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(values[i])));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    F16  | 65520  | a[1, 0]: 65520.0 (must be a number that F16 can hold, the type of this tensor)
                    BF16 | 3.4e38 | a[1, 0]: 3.4E38 (must be a number that BF16 can hold, the type of this tensor)
                    F32  | NaN    | a[1, 0]: NaN (must be a finite number)
                    """)
    void numbersThatTheirTypeCannotHoldAreRefused(ElementType type, float value, String message) {
        float[] values = {1, 2, value, 4};
        assertThatThrownBy(() -> written(Map.of(), new NamedTensor.Rounded("a", type, new long[] {2, 2}, () -> values)))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(message);
    }

    @Test
    void numbersToBeRoundedMustBeFloatingAndAsManyAsTheShapeSays() {
        assertThatThrownBy(() -> new NamedTensor.Rounded("a", ElementType.I8, new long[] {1}, () -> new float[1]))
                .hasMessage("a: type I8 (must be F64, F32, F16 or BF16)");
        assertThatThrownBy(() -> written(
                        Map.of(), new NamedTensor.Rounded("a", ElementType.F16, new long[] {2, 3}, () -> new float[5])))
                .hasMessage("a: 5 elements (must be 6)");
    }

    @Test
    void everyTensorLiesAtAMultipleOfItsElementsSize() {
        byte[] bytes =
                written(Map.of(), NamedTensor.of("odd", new float[] {1}, 1), NamedTensor.of("long", new long[] {2}, 1));
        assertThat(bytes[0] % 8).isZero();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int data = Long.BYTES + (int) file.getLong(0);
        assertThat(file.getLong(data)).as("long").isEqualTo(2);
        assertThat(file.getFloat(data + Long.BYTES)).as("odd").isEqualTo(1);
    }

    @Test
    void theBytesAreThoseOfTheFormat() {
        byte[] bytes = written(Map.of(), NamedTensor.of("a", new float[] {1}, 1));
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        String padded = header + " ".repeat(Math.floorMod(-header.length(), 8));
        byte[] expected = Samples.bytes(padded, 4);
        System.arraycopy(new byte[] {0, 0, (byte) 0x80, 0x3f}, 0, expected, expected.length - 4, 4);
        assertThat(bytes).isEqualTo(expected);
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).contains(header);
    }

    @Test
    void refusesAShapeThatDisagreesWithTheData() {
        assertThatThrownBy(() -> NamedTensor.of("a", new float[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a: shape [2, 2] for 3 elements");
    }

    @Test
    void refusesANameGivenTwice() {
        NamedTensor tensor = NamedTensor.of("a", new float[1], 1);
        assertThatThrownBy(() -> written(Map.of(), tensor, tensor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a: given twice, or reserved");
    }

    @Test
    void aStreamThatFailsIsReported() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        };
        assertThatThrownBy(() -> SafetensorsWriter.write(full, Map.of(), List.of()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("disk full");
    }

    private static byte[] written(Map<String, String> metadata, NamedTensor... tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(out, metadata, List.of(tensors));
        return out.toByteArray();
    }
}
