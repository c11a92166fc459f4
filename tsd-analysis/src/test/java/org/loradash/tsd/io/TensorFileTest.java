package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.tsd.InvalidInput;

class TensorFileTest {
    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}";

    @TempDir
    Path directory;

    @Test
    void listsTensorsInTheOrderOfTheirBytes() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"late\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[24,28]},"
                + "\"none\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[24,24]},"
                + "\"early\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24],\"extra\":[{}]}}  ";
        try (TensorFile file = Samples.open(directory, Samples.bytes(header, 28))) {
            assertThat(file.tensors().keySet()).containsExactly("early", "none", "late");
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.tensor("early"))
                    .isEqualTo(new TensorInfo("early", ElementType.F32, new long[] {2, 3}))
                    .hasToString("early F32 [2, 3]");
            assertThat(file.tensor("early").elements()).isEqualTo(6);
            assertThat(file.readFloats("none")).isEmpty();
            assertThat(file.readLongs("late")).containsExactly(24, 25, 26, 27);
            assertThat(file.path().getName()).isEqualTo("sample.safetensors");
        }
    }

    @Test
    void readsARunOfElementsToTheDestinationsPosition() {
        String header = "{\"a\":{\"dtype\":\"I16\",\"shape\":[5],\"data_offsets\":[0,10]}}";
        try (TensorFile file = Samples.open(directory, Samples.bytes(header, 10))) {
            ByteBuffer heap = ByteBuffer.allocate(9).position(1);
            file.read(file.tensor("a"), 3, 2, heap);
            assertThat(heap.array()).containsExactly(0, 6, 7, 8, 9, 0, 0, 0, 0);
            assertThat(heap.position()).isEqualTo(5);
        }
    }

    /** The third of four elements, little-endian, in types of two to eight bytes; 1e39 is beyond float32. */
    @ParameterizedTest
    @CsvSource({
        "F16, 2, 7c00, Infinity",
        "F16, 2, fe01, NaN",
        "BF16, 2, ff80, -Infinity",
        "BF16, 2, 7fc0, NaN",
        "F32, 4, 7f800001, NaN",
        "F32, 4, ff800000, -Infinity",
        "F64, 8, 7ff8000000000000, NaN",
        "F64, 8, 48078287f49c4a1d, 1.0E39"
    })
    void refusesAnElementThatIsNoFiniteNumber(ElementType type, int bytes, String bits, String value) {
        String header = "{\"a\":{\"dtype\":\"%s\",\"shape\":[2,2],\"data_offsets\":[0,%d]}}".formatted(type, 4 * bytes);
        byte[] content = Samples.bytes(header, 4 * bytes);
        ByteBuffer data = ByteBuffer.wrap(content, content.length - 4 * bytes, 4 * bytes)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        data.put(new byte[4 * bytes]);
        for (int i = 0; i < bytes; i++) {
            data.put(2 * bytes + i, (byte) (Long.parseUnsignedLong(bits, 16) >>> 8 * i));
        }
        try (TensorFile file = Samples.open(directory, content)) {
            String message = file.path() + ": a[1, 0]: " + value + " (must be a finite number that float32 can hold)";
            TensorInfo tensor = file.tensor("a");
            assertThatThrownBy(() -> file.readFloats("a"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> file.readFloats(tensor, 1, new float[2], 2))
                    .hasMessage(message);
            assertThatThrownBy(() -> file.read(tensor, 1, 2, ByteBuffer.allocate(16)))
                    .hasMessage(message);
        }
    }

    @Test
    void refusesARunOutsideTheTensorOrTooLargeForTheBuffer() {
        try (TensorFile file = Samples.open(directory, Samples.bytes(ONE, 24))) {
            TensorInfo tensor = file.tensor("a");
            ByteBuffer small = ByteBuffer.allocate(8);
            assertThatThrownBy(() -> file.read(tensor, 4, 3, small)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(tensor, -1, 1, small)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(tensor, 1, Integer.MAX_VALUE, small))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(tensor, 0, 3, small)).isInstanceOf(BufferOverflowException.class);
        }
    }

    @Test
    void namesFileAndTensorWhereATensorIsAbsentOrOfAnotherKind() {
        try (TensorFile file = Samples.open(directory, Samples.bytes(ONE, 24))) {
            assertThatThrownBy(() -> file.tensor("b\n"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith("sample.safetensors: no tensor b? (must be one of its 1 tensors)");
            assertThatThrownBy(() -> file.readLongs("a"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith(
                            "sample.safetensors: tensor a F32 [2, 3] (must be I64, I32, I16, I8, U8 or BOOL)");
        }
        String integers = ONE.replace("F32", "I32");
        try (TensorFile file = Samples.open(directory, Samples.bytes(integers, 24))) {
            assertThatThrownBy(() -> file.readFloats("a"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith("tensor a I32 [2, 3] (must be F64, F32, F16 or BF16)");
        }
    }

    @Test
    void convertsEveryFloatingTypeToFloat32() {
        String header = "{\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[12,14]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[14,16]}}";
        byte[] content = Samples.bytes(header, 16);
        ByteBuffer.wrap(content)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(content.length - 16)
                .putDouble(-0.1)
                .putFloat(3.5f)
                .putShort((short) 0x3c01)
                .putShort((short) 0xc049);
        try (TensorFile file = Samples.open(directory, content)) {
            assertThat(file.readFloats("d")).containsExactly(-0.1f);
            assertThat(file.readFloats("f")).containsExactly(3.5f);
            assertThat(file.readFloats("h")).containsExactly(1.0009766f);
            assertThat(file.readFloats("b")).containsExactly(-3.140625f);
        }
    }

    @Test
    void convertsEveryIntegerTypeToInt64() {
        String header = "{\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                + "\"s\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[12,14]},"
                + "\"c\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[14,15]},"
                + "\"u\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[15,16]},"
                + "\"t\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[16,18]}}";
        byte[] content = Samples.bytes(header, 18);
        ByteBuffer.wrap(content)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(content.length - 18)
                .putLong(Long.MIN_VALUE)
                .putInt(-2)
                .putShort((short) -3)
                .put((byte) -4)
                .put((byte) 0xff)
                .put((byte) 1)
                .put((byte) 0);
        try (TensorFile file = Samples.open(directory, content)) {
            assertThat(file.readLongs("l")).containsExactly(Long.MIN_VALUE);
            assertThat(file.readLongs("i")).containsExactly(-2);
            assertThat(file.readLongs("s")).containsExactly(-3);
            assertThat(file.readLongs("c")).containsExactly(-4);
            assertThat(file.readLongs("u")).containsExactly(255);
            assertThat(file.readLongs("t")).containsExactly(1, 0);
        }
    }

    @Test
    void readsTensorsOfSeveralChunks() {
        int elements = (1 << 21) + 3;
        String header =
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[" + elements + "],\"data_offsets\":[0," + 2L * elements + "]}}";
        byte[] content = Samples.bytes(header, 2 * elements);
        for (int high = content.length - 1; high > header.length() + Long.BYTES; high -= 2) {
            content[high] &= 0x3f; // no exponent of infinity
        }
        content[content.length - 2] = 0;
        content[content.length - 1] = 0x40;
        try (TensorFile file = Samples.open(directory, content)) {
            float[] values = file.readFloats("a");
            assertThat(values).hasSize(elements).endsWith(2.0f);
            int beyondTheFirstChunk = (1 << 21) + 1;
            assertThat(values[beyondTheFirstChunk]).isEqualTo(HalfPrecision.ofBfloat16((short) 0x0302));
        }
    }

    @Test
    void readsBeyondTwoGibibytesOfAFileAndOfATensor() throws IOException {
        long elements = 3L << 30;
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + elements + "],\"data_offsets\":[0," + elements + "]},"
                + "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + elements + "," + (elements + 4) + "]}}";
        byte[] start = Samples.bytes(header, 0);
        Path sparse = directory.resolve("large.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(sparse.toFile(), "rw")) {
            out.write(start);
            out.seek(start.length + elements - 1);
            out.write(new byte[] {9, 0, 0, (byte) 0x80, 0x3f});
        }
        try (TensorFile file = TensorFile.open(Samples.local(), Samples.path(sparse))) {
            ByteBuffer last = ByteBuffer.allocate(2);
            file.read(file.tensor("a"), elements - 2, 2, last);
            assertThat(last.array()).containsExactly(0, 9);
            assertThat(file.readFloats("z")).containsExactly(1.0f);
            assertThatThrownBy(() -> file.readLongs("a"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith(
                            "tensor a U8 [3221225472] (must have at most 2147483639 elements to be read at once)");
        }
    }

    @Test
    void refusesAMissingFileAndADirectory() {
        assertThatThrownBy(() -> TensorFile.open(Samples.local(), Samples.path(directory.resolve("none"))))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("none: not found (must be a readable file)");
        assertThatThrownBy(() -> TensorFile.open(Samples.local(), Samples.path(directory)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(": not a file (must be a file of tensors)");
    }

    @Test
    void refusesAHeaderLongerThanTheFile() {
        byte[] content = Samples.bytes(ONE, 24);
        content[4] = 1;
        assertThatThrownBy(() -> Samples.open(directory, content))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("header length: 4294967353 (must be at most 81 in a file of 89 bytes)");
        content[7] = (byte) 0xff;
        assertThatThrownBy(() -> Samples.open(directory, content))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("header length: 18374686483966591033 (must be at most 81");
    }

    @Test
    void refusesAHeaderBeyondTheReferencesLimitEvenInALargeFile() throws IOException {
        Path sparse = directory.resolve("long.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(sparse.toFile(), "rw")) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(100_000_001)
                    .array());
            out.setLength(200_000_000);
        }
        assertThatThrownBy(() -> TensorFile.open(Samples.local(), Samples.path(sparse)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("header length: 100000001 (must be at most 100000000");
    }

    @Test
    void refusesACutFile() throws IOException {
        assertThatThrownBy(() -> Samples.open(directory, new byte[7]))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("7 bytes (must be a safetensors file; is it cut?)");
        assertThatThrownBy(() -> Samples.open(directory, Samples.bytes(ONE, 23)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(
                        "tensor a: data_offsets: [0, 24] runs out of the file" + " (must end by 23; is the file cut?)");
        try (TensorFile file = Samples.open(directory, Samples.bytes(ONE, 24))) {
            Files.write(directory.resolve("sample.safetensors"), new byte[20]);
            assertThatThrownBy(() -> file.readFloats("a"))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageEndingWith("cut short while it was read (must stay as it was when opened)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            []                                                             | header (must be a JSON object)
            `{} {}`                                                        | header (must end after one JSON object)
            {"a":3}                                                        | tensor a (must be a JSON object)
            {"a":{"shape":[1],"data_offsets":[0,8]}}                       | tensor a: dtype (must be given)
            {"a":{"dtype":"U8","data_offsets":[0,8]}}                      | tensor a: shape (must be given)
            {"a":{"dtype":"U8","shape":[8]}}                               | tensor a: data_offsets (must be two numbers)
            {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,9]}}        | tensor a: data_offsets (must be two numbers)
            {"a":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}             | tensor a: dtype (must be a string)
            {"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}          | tensor a: dtype: F8 (must be one of [F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL])
            {"a":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}            | tensor a: shape (must be an array of integers)
            {"a":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]}}        | tensor a: shape (must be an array of integers)
            {"a":{"dtype":"U8","shape":[-8,-1],"data_offsets":[0,8]}}      | tensor a: shape (must not be negative)
            {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,7]}}          | tensor a: data_offsets: [0, 7] (must span 8 bytes, U8 [8])
            {"a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}          | tensor a: data_offsets: [8, 0] (must span 8 bytes, U8 [8])
            {"a":{"dtype":"I64","shape":[4294967296,4294967296],"data_offsets":[0,0]}} | tensor a: shape: [4294967296, 4294967296] (must not exceed 2^63 bytes)
            {"a":{"dtype":"U8","shape":[7],"data_offsets":[1,8]}}          | tensor a: data_offsets: [1, 8] leaves a hole (must begin at 0)
            {"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}} | tensor b: data_offsets: [4, 8] overlaps another tensor (must begin at 5)
            {"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}          | sample.safetensors: 8 bytes of data (must be 7, the end of the last tensor)
            {"__metadata__":{"a":1}}                                       | __metadata__ a (must be a string)
            {"__metadata__":"a"}                                           | __metadata__ (must be a JSON object of strings)
            """)
    void refusesAMalformedHeader(String header, String message) {
        assertThatThrownBy(() -> Samples.open(directory, Samples.bytes(header, 8)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("sample.safetensors")
                .hasMessageEndingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a":{}}` | Duplicate field 'a'
            {"a":{"dtype":"U8","shape":[99999999999999999999]}}           | out of range of long
            {"a":                                                         | Unexpected end-of-input
            """)
    void refusesWhatIsNotStrictJson(String header, String message) {
        assertThatThrownBy(() -> Samples.open(directory, Samples.bytes(header, 1)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith("(must be the JSON header of safetensors)")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAHeaderThatIsNotUtf8() {
        byte[] content = Samples.bytes(ONE, 24);
        content[10] = (byte) 0xff;
        assertThatThrownBy(() -> Samples.open(directory, content))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("sample.safetensors: header: not UTF-8 (must be JSON)");
    }

    @Test
    void refusesNestingWithoutEnd() {
        String header = "{\"a\":{\"b\":" + "[".repeat(1 << 20);
        assertThatThrownBy(() -> Samples.open(directory, Samples.bytes(header, 0)))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("depth");
    }
}
