package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                NamedTensor.of("scalar", new float[] {Float.NaN}),
                NamedTensor.of("empty", new float[0], 0, 3));
        try (SafetensorsFile file = Samples.open(directory, bytes)) {
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.readFloats("weights \"é\"")).isEqualTo(weights);
            assertThat(file.readLongs("chosen")).containsExactly(7, -1);
            assertThat(file.readFloats("scalar")).containsExactly(Float.NaN);
            assertThat(file.readFloats("empty")).isEmpty();
            assertThat(file.tensor("weights \"é\"").shape()).containsExactly(300_001, 1);
        }
    }

    @Test
    void everyTensorLiesAtAMultipleOfItsElementsSize() {
        byte[] bytes =
                written(Map.of(), NamedTensor.of("odd", new float[] {1}, 1), NamedTensor.of("long", new long[] {2}, 1));
        assertThat(bytes[0] % 8).isZero();
        try (SafetensorsFile file = Samples.open(directory, bytes)) {
            assertThat(file.tensor("long").begin()).isZero();
            assertThat(file.tensor("odd").begin()).isEqualTo(8);
        }
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
