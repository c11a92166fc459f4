package org.loradash.tsd.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.loradash.tsd.InvalidInput;

class SafetensorsHeaderTest {
    private static final String GOOD = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"model.embed\":{\"dtype\":\"BF16\",\"shape\":[3,2],\"data_offsets\":[0,12]},"
            + "\"scale\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[12,20]}}   ";
    private static final int DATA = 20;

    record Edit(int position, int kind, byte value) {
        byte[] apply(byte[] bytes) {
            if (bytes.length == 0) {
                return bytes;
            }
            int at = position % bytes.length;
            byte[] copy;
            switch (kind) {
                case 0 -> {
                    copy = bytes.clone();
                    copy[at] = value;
                }
                case 1 -> {
                    copy = new byte[bytes.length - 1];
                    System.arraycopy(bytes, 0, copy, 0, at);
                    System.arraycopy(bytes, at + 1, copy, at, copy.length - at);
                }
                default -> {
                    copy = new byte[bytes.length + 1];
                    System.arraycopy(bytes, 0, copy, 0, at);
                    copy[at] = value;
                    System.arraycopy(bytes, at, copy, at + 1, bytes.length - at);
                }
            }
            return copy;
        }
    }

    @Provide
    Arbitrary<List<Edit>> edits() {
        Arbitrary<Byte> telling = Arbitraries.of("{}[]\",:0123456789-.eE \\\n\u0000u"
                .chars()
                .mapToObj(c -> (byte) c)
                .toList());
        Arbitrary<Edit> edit = Combinators.combine(
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.oneOf(Arbitraries.bytes(), telling))
                .as(Edit::new);
        return edit.list().ofMinSize(1).ofMaxSize(6);
    }

    @Property(tries = 20_000)
    void anyChangeOfTheBytesIsReadOrRefusedInOneLine(@ForAll("edits") List<Edit> edits) {
        byte[] header = GOOD.getBytes(StandardCharsets.UTF_8);
        for (Edit edit : edits) {
            header = edit.apply(header);
        }
        assertReadOrRefused(header, DATA);
    }

    @Property(tries = 2_000)
    void anyTextIsReadOrRefusedInOneLine(@ForAll String text, @ForAll byte dataBytes) {
        assertReadOrRefused(text.getBytes(StandardCharsets.UTF_8), Math.abs((int) dataBytes));
        assertReadOrRefused(("{\"" + text + "\":{}}").getBytes(StandardCharsets.UTF_8), 0);
    }

    @Property(tries = 5_000)
    void anyNumbersAreReadOrRefused(@ForAll long rows, @ForAll long columns, @ForAll long begin, @ForAll long end) {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + rows + "," + columns + "],\"data_offsets\":[" + begin
                + "," + end + "]}}";
        assertReadOrRefused(header.getBytes(StandardCharsets.UTF_8), DATA);
    }

    private static void assertReadOrRefused(byte[] header, long dataBytes) {
        try {
            SafetensorsHeader read = SafetensorsHeader.parse("file", ByteBuffer.wrap(header), 8, dataBytes);
            long total = 0;
            for (StoredTensor tensor : read.tensors().values()) {
                assertThat(tensor.offset()).isEqualTo(total);
                total = tensor.end();
            }
            assertThat(total).isEqualTo(dataBytes);
        } catch (InvalidInput refused) {
            assertThat(refused.getMessage())
                    .startsWith("file: ")
                    .hasSizeLessThan(600)
                    .doesNotContainPattern("[\\p{Cntrl}\u2028\u2029]");
        }
    }
}
