package org.loradash.tsd.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.loradash.tsd.InvalidInput;

/** Writes the safetensors format to a stream: the header first, then tensor after tensor, with one small buffer. */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 20;
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes one file. The tensors follow in the order given, but those of larger elements first: so each lies at a
     * multiple of its element's size, which PyTorch needs (the reference implementation orders them so, too).
     *
     * @param out left open, flushed
     * @param metadata the file's own notes; may be empty
     * @param tensors of different names
     * @throws IllegalArgumentException where two tensors have one name, or one is named {@code __metadata__}
     * @throws InvalidInput where a rounded element is not finite, or its type cannot hold it
     * @throws UncheckedIOException where the stream fails
     */
    public static void write(OutputStream out, Map<String, String> metadata, List<NamedTensor> tensors) {
        checkNames(tensors);
        List<NamedTensor> ordered = tensors.stream()
                .sorted(Comparator.comparingInt(tensor -> -tensor.type().bytes()))
                .toList();
        try {
            writeHeader(out, header(metadata, ordered));
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (NamedTensor tensor : ordered) {
                writeData(out, tensor, chunk);
            }
            out.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void checkNames(List<NamedTensor> tensors) {
        Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
        for (NamedTensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException(tensor.name() + ": given twice, or reserved");
            }
        }
    }

    private static byte[] header(Map<String, String> metadata, List<NamedTensor> tensors) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (NamedTensor tensor : tensors) {
                long end = offset + tensor.elements() * tensor.type().bytes();
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.type().name());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape(), 0, tensor.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeHeader(OutputStream out, byte[] header) throws IOException {
        int padding = Math.floorMod(-header.length, ALIGNMENT);
        ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(prefix.putLong(0, header.length + padding).array());
        out.write(header);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    }

    private static void writeData(OutputStream out, NamedTensor tensor, ByteBuffer chunk) throws IOException {
        Filling filling = filling(tensor);
        int elementBytes = tensor.type().bytes();
        int elementsPerChunk = CHUNK / elementBytes;
        for (long from = 0; from < tensor.elements(); ) {
            int count = (int) Math.min(elementsPerChunk, tensor.elements() - from);
            filling.fill(chunk.clear(), from, count);
            out.write(chunk.array(), 0, count * elementBytes);
            from += count;
        }
    }

    private interface Filling {
        /** Writes elements [from, from + count) to the start of the chunk. */
        void fill(ByteBuffer chunk, long from, int count);
    }

    private static Filling filling(NamedTensor tensor) {
        if (tensor instanceof NamedTensor.Floats floats) {
            return ofFloats(ElementType.F32, floats.data());
        }
        if (tensor instanceof NamedTensor.Longs longs) {
            return (chunk, from, count) -> chunk.asLongBuffer().put(longs.data(), (int) from, count);
        }
        if (tensor instanceof NamedTensor.Copied copied) {
            return (chunk, from, count) -> copied.file().read(copied.tensor(), from, count, chunk);
        }
        NamedTensor.Rounded rounded = (NamedTensor.Rounded) tensor;
        float[] values = rounded.data().get();
        if (values.length != rounded.elements()) {
            throw new IllegalArgumentException(
                    rounded.name() + ": " + values.length + " elements (must be " + rounded.elements() + ")");
        }
        checkHeld(rounded, values);
        return ofFloats(rounded.type(), values);
    }

    private static void checkHeld(NamedTensor.Rounded tensor, float[] values) {
        for (int i = 0; i < values.length; i++) {
            float held =
                    switch (tensor.type()) {
                        case F16 -> HalfPrecision.ofFloat16(HalfPrecision.toFloat16(values[i]));
                        case BF16 -> HalfPrecision.ofBfloat16(HalfPrecision.toBfloat16(values[i]));
                        default -> values[i];
                    };
            if (!Float.isFinite(held)) {
                throw InvalidInput.of(
                        tensor.name() + ElementPlace.of(tensor.shape(), i),
                        values[i],
                        Float.isFinite(values[i])
                                ? "must be a number that %s can hold, the type of this tensor".formatted(tensor.type())
                                : "must be a finite number");
            }
        }
    }

    private static Filling ofFloats(ElementType type, float[] values) {
        return (chunk, from, count) -> {
            int begin = (int) from;
            switch (type) {
                case F32 -> chunk.asFloatBuffer().put(values, begin, count);
                case F64 -> {
                    for (int i = 0; i < count; i++) {
                        chunk.putDouble(values[begin + i]);
                    }
                }
                case F16 -> {
                    for (int i = 0; i < count; i++) {
                        chunk.putShort(HalfPrecision.toFloat16(values[begin + i]));
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < count; i++) {
                        chunk.putShort(HalfPrecision.toBfloat16(values[begin + i]));
                    }
                }
                default -> throw new AssertionError(type);
            }
        };
    }
}
