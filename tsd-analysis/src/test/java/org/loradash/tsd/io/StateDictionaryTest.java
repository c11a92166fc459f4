package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.tsd.InvalidInput;

/** Files that torch.save made (src-test-data/torch), and files that somebody made who wishes ill. */
class StateDictionaryTest {
    private static final Path MADE = Path.of("..", "src-test-data", "torch");

    /** A tensor a of float32, of which the storage, the offset, the shape and the strides follow. */
    private static final String TENSOR = "}X\1\0\0\0actorch._utils\n_rebuild_tensor_v2\n(";

    private static final String STORAGE = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0000X\3\0\0\0cpuK\6tQ";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "sequence.bin"})
    void readsEveryTensorThatTorchSaves(String name) {
        try (TensorFile file = TensorFile.open(Samples.local(), Samples.path(MADE.resolve(name)));
                TensorFile expected =
                        TensorFile.open(Samples.local(), Samples.path(MADE.resolve("expected.safetensors")))) {
            assertThat(file.metadata()).isEmpty();
            assertThat(file.tensors()).containsExactlyInAnyOrderEntriesOf(expected.tensors());
            for (TensorInfo tensor : expected.tensors().values()) {
                if (tensor.type().isFloating()) {
                    assertThat(file.readFloats(tensor.name()))
                            .as(tensor.name())
                            .containsExactly(expected.readFloats(tensor.name()));
                } else {
                    assertThat(file.readLongs(tensor.name()))
                            .as(tensor.name())
                            .containsExactly(expected.readLongs(tensor.name()));
                }
            }
        }
    }

    @Test
    void readsAnyRunOfATensorThatDoesNotLieInRowMajorOrder() {
        try (TensorFile file = TensorFile.open(Samples.local(), Samples.path(MADE.resolve("zip.bin")))) {
            TensorInfo permuted = file.tensor("permuted");
            float[] whole = file.readFloats("permuted");
            for (int from = 0; from < whole.length; from++) {
                float[] run = new float[whole.length - from];
                file.readFloats(permuted, from, run, run.length);
                assertThat(run).containsExactly(Arrays.copyOfRange(whole, from, whole.length));
                file.readFloats(permuted, from, run, 1);
                assertThat(run[0]).isEqualTo(whole[from]);
            }
        }
    }

    @Test
    void readsWhatTheTestsWriteHere() throws IOException {
        write(zip(pickle("K\0K\2K\3\u0086K\3K\1\u0086\u0089}t"), floats(1, 2, 3, 4, 5, 6)));
        try (TensorFile file = open()) {
            assertThat(file.tensor("a")).hasToString("a F32 [2, 3]");
            assertThat(file.readFloats("a")).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void namesAnElementThatIsNotFiniteByItsIndices() throws IOException {
        write(zip(pickle("K\0K\2K\3\u0086K\1K\2\u0086\u0089}t"), floats(1, 2, 3, 4, 5, Float.NaN)));
        try (TensorFile file = open()) {
            assertThatThrownBy(() -> file.readFloats("a"))
                    .hasMessage(file.path() + ": a[1, 2]: NaN (must be a finite number that float32 can hold)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "posix\\nsystem | posix.system",
                "builtins\\neval | builtins.eval",
                "collections\\nCounter | collections.Counter",
                "torch._utils\\n_rebuild_tensor | torch._utils._rebuild_tensor",
                "torch\\nQInt8Storage | torch.QInt8Storage",
                "torch.FloatStorage\\n | torch.FloatStorage.",
            })
    void makesNothingThatAStateDictionaryDoesNotNeed(String named, String shown) throws IOException {
        write(zip("\u0080\2c" + named.replace("\\n", "\n") + "\nX\4\0\0\0true\u0085R.", floats()));
        refuses(": NAME/data.pkl: " + shown
                + " (must be what a state dictionary is made of: tensors, dictionaries, texts and numbers)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "K",
                "K\1K",
                "X\u00ff\u00ff\u00ff\u007f",
                "X\u00ff\u00ff\u00ff\u00ff",
                "X\5\0\0\0abc",
                "\u008a\u00ff",
                "\u008a\u0009123456789.",
                "h\0.",
                "j\u00ff\u00ff\u00ff\u00ff.",
                "q\0.",
                "ctorch",
                "ctorch\n",
                "t.",
                "K\1t.",
                "e.",
                "}u.",
                "}(K\1u.",
                "}(K\1K\2u.",
                "]K\1K\2s.",
                "K\1K\2a.",
                "K\1K\2b.",
                "\u0087.",
                "K\1Q.",
                ")Q.",
                "]Q.",
                "(X\7\0\0\0storageNNNNtQ.",
                "(X\7\0\0\0storagectorch\nFloatStorage\nK\1K\1K\1tQ.",
                "K\1)R.",
                "K\1K\1R.",
                "ctorch\nFloatStorage\n)R.",
                "ctorch._utils\n_rebuild_tensor_v2\n)R.",
                "ctorch._utils\n_rebuild_parameter\nK\1\u0085R.",
                "ccollections\nOrderedDict\n]\u0085R.",
            })
    void refusesADamagedPickle(String pickle) throws IOException {
        write(zip("\u0080\2" + pickle, floats()));
        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidInput.class)
                .hasMessageMatching(
                        ".*/t.bin: NAME/data.pkl: damaged before byte \\d+ \\(must be a pickle of torch.save\\)");
    }

    @ParameterizedTest
    @CsvSource({
        "K\1., no dictionary (must be one of tensors by their names)",
        "]., no dictionary (must be one of tensors by their names)",
    })
    void refusesWhatIsNoDictionary(String pickle, String message) throws IOException {
        write(zip("\u0080\2" + pickle, floats()));
        refuses(": NAME/data.pkl: " + message);
    }

    @Test
    void refusesOtherProtocolsAndOpcodes() throws IOException {
        write(zip("\u0080\4}.", floats()));
        refuses(": NAME/data.pkl: pickle protocol 4 (must be 2, torch.save's own)");
        write(zip("\u0080\2i", floats()));
        refuses(": NAME/data.pkl: opcode 0x69 at byte 2 (must be one that torch.save writes with its own protocol, 2)");
    }

    @Test
    void refusesAPickleThatIsLongOrWithoutEnd() throws IOException {
        write(zip("\u0080\2" + "]".repeat(2_000_000), floats()));
        refuses(": NAME/data.pkl: a pickle without end (must have at most 1000000 opcodes)");
        write(zip("\u0080\2" + "]".repeat(5_000_000), floats()));
        refuses(": NAME/data.pkl: 5000002 bytes (must be at most 4194304)");
    }

    /** Offset, shape and strides over six elements. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "K\0K\2K\4\u0086K\4K\1\u0086", // more than there are
                "K\1K\2K\3\u0086K\3K\1\u0086", // from the second on
                "K\0K\3K\3\u0086K\1K\1\u0086", // nine out of five
                "K\0K\7\u0085K\0\u0085", // seven out of one
                "K\0J\u00ff\u00ff\u00ff\u007f\u0085K\0\u0085",
                "K\0J\u00ff\u00ff\u00ff\u00ff\u0085K\1\u0085", // -1 of them
                "J\u00ff\u00ff\u00ff\u00ffK\1\u0085K\1\u0085",
                "K\0K\2\u0085J\u00ff\u00ff\u00ff\u00ff\u0085",
                "K\0K\2\u0085K\2K\1\u0086", // two strides, one dimension
                "K\0\u008a\u0008\0\0\0\0\0\0\0\u0040K\4\u0086K\1K\1\u0086", // 2^62 x 4
                "K\0K\2K\2\u0086\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fK\1\u0086",
            })
    void refusesATensorThatLeavesItsStorageOrIsLargerThanIt(String place) throws IOException {
        write(zip(pickle(place + "\u0089}t"), floats(1, 2, 3, 4, 5, 6)));
        refuses(": NAME/data.pkl: a (must be a tensor within its storage, as all in a state dictionary are)");
    }

    @Test
    void refusesWhatIsNoTensor() throws IOException {
        write(zip("\u0080\2}X\1\0\0\0aK\1s.", floats()));
        refuses(": NAME/data.pkl: a (must be a tensor within its storage, as all in a state dictionary are)");
    }

    @Test
    void refusesAStorageThatIsAbsentOrOfAnotherSize() throws IOException {
        String pickle = pickle("K\0K\1\u0085K\1\u0085\u0089}t");
        write(zip(pickle, floats(1, 2, 3, 4, 5)));
        refuses(": data/0: 20 bytes (must hold 6 numbers of type F32)");
        write(zip(Map.of("NAME/data.pkl", latin(pickle))));
        refuses(": data/0: absent (must hold 6 numbers of type F32)");
    }

    @Test
    void refusesAnotherByteOrder() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("NAME/data.pkl", latin("\u0080\2}."));
        entries.put("NAME/byteorder", latin("big"));
        write(zip(entries));
        refuses(": NAME/byteorder: not little (must be the byte order of the numbers, little)");
    }

    @Test
    void refusesAZipFileOfSomethingElseOrCompressed() throws IOException {
        write(zip(Map.of("a.txt", latin("a"))));
        refuses(": 0 of NAME/data.pkl (must have one, as torch.save does)");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("NAME/data.pkl"));
            out.write(new byte[1_000_000]);
        }
        write(bytes.toByteArray());
        refuses(": NAME/data.pkl: compressed (must be stored as it is, as torch.save does)");
    }

    @Test
    void refusesAFileThatIsCutAnywhereOrOfAnotherFormat() throws IOException {
        for (String name : new String[] {"zip.bin", "sequence.bin"}) {
            byte[] whole = Files.readAllBytes(MADE.resolve(name));
            for (int length = 0; length < whole.length; length += 7) {
                write(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> open().close())
                        .as("%s of %d bytes", name, length)
                        .isInstanceOf(InvalidInput.class)
                        .hasMessageNotContaining("\n");
            }
        }
        write(latin("version https://git-lfs.github.com/spec/v1"));
        refuses(": another format (must be a file of torch.save, or safetensors; is it cut?)");
    }

    private TensorFile open() {
        return TensorFile.open(Samples.local(), Samples.path(directory.resolve("t.bin")));
    }

    private void refuses(String message) {
        assertThatThrownBy(this::open).isInstanceOf(InvalidInput.class).hasMessageEndingWith("/t.bin" + message);
    }

    private void write(byte[] content) throws IOException {
        Files.write(directory.resolve("t.bin"), content);
    }

    private static String pickle(String place) {
        return "\u0080\2" + TENSOR + STORAGE + place + "Rs.";
    }

    private static byte[] zip(String pickle, byte[] storage) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("NAME/data.pkl", latin(pickle));
        entries.put("NAME/data/0", storage);
        return zip(entries);
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry stored = new ZipEntry(entry.getKey());
                CRC32 sum = new CRC32();
                sum.update(entry.getValue());
                stored.setMethod(ZipEntry.STORED);
                stored.setSize(entry.getValue().length);
                stored.setCrc(sum.getValue());
                out.putNextEntry(stored);
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
