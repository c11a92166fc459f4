package org.loradash.tsd.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * One file of tensors, open for reading. What it holds is read and checked on opening; elements are read by position when
 * asked for, so that several threads may read at once and a file may be of any size.
 *
 * <p>A file whose name ends in .bin is what torch.save made of a state dictionary ({@link StateDictionary}), any other is
 * safetensors ({@link SafetensorsHeader}).
 */
public final class TensorFile implements Closeable {
    private static final int CHUNK = 1 << 22;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final Path path;
    private final FSDataInputStream input;
    private final Map<String, StoredTensor> stored;
    private final Map<String, TensorInfo> tensors;
    private final Map<String, String> metadata;

    private TensorFile(
            Path path, FSDataInputStream input, Map<String, StoredTensor> stored, Map<String, String> metadata) {
        this.path = path;
        this.input = input;
        this.stored = stored;
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> infos.put(name, tensor.info()));
        this.tensors = Collections.unmodifiableMap(infos);
        this.metadata = metadata;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws InvalidInput where the file is missing, cut, or not well-formed
     */
    public static TensorFile open(FileSystem fileSystem, Path path) {
        return open(fileSystem, path, UnaryOperator.identity());
    }

    /**
     * Opens a file likewise.
     *
     * @param names from a tensor's name in the file to the one that it has here
     * @throws InvalidInput where two tensors have one name, too
     */
    public static TensorFile open(FileSystem fileSystem, Path path, UnaryOperator<String> names) {
        FSDataInputStream input = null;
        boolean opened = false;
        try {
            FileStatus status = fileSystem.getFileStatus(path);
            if (!status.isFile()) {
                throw InvalidInput.of(path.toString(), "not a file", "must be a file of tensors");
            }
            input = fileSystem.open(path);
            TensorFile file = read(path, input, status.getLen(), names);
            opened = true;
            return file;
        } catch (IOException failure) {
            throw Message.of(path, failure);
        } finally {
            if (!opened && input != null) {
                closeQuietly(input);
            }
        }
    }

    private static TensorFile read(Path path, FSDataInputStream input, long fileBytes, UnaryOperator<String> names)
            throws IOException {
        if (path.getName().endsWith(StateDictionary.ENDING)) {
            Map<String, StoredTensor> dictionary = StateDictionary.read(path, input, fileBytes);
            return new TensorFile(path, input, named(path, dictionary, names), Map.of());
        }
        SafetensorsHeader header = SafetensorsHeader.read(path, input, fileBytes);
        return new TensorFile(path, input, named(path, header.tensors(), names), header.metadata());
    }

    private static Map<String, StoredTensor> named(
            Path path, Map<String, StoredTensor> stored, UnaryOperator<String> names) {
        Map<String, StoredTensor> named = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> {
            String here = names.apply(name);
            if (named.put(here, tensor.named(here)) != null) {
                throw InvalidInput.of(
                        path + ": tensor",
                        Message.oneLine(name),
                        "must be there under one name; another tensor is " + Message.oneLine(here) + " too");
            }
        });
        return named;
    }

    /** Where the file is. */
    public Path path() {
        return path;
    }

    /** All tensors by name, in the order of their bytes. */
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    /** The file's own notes, its {@code __metadata__}; empty where it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The tensor of that name.
     *
     * @throws InvalidInput where the file has none
     */
    public TensorInfo tensor(String name) {
        TensorInfo tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidInput(path + ": no tensor " + Message.oneLine(name) + " (must be one of its "
                    + tensors.size() + " tensors)");
        }
        return tensor;
    }

    /**
     * Reads a run of a tensor's elements as they are in the file, little-endian, to the destination's position, which
     * advances.
     *
     * @param tensor one of this file's
     * @param fromElement the first element, in row-major order
     * @param elements how many
     * @param destination with an array, and at least {@code elements * tensor.type().bytes()} bytes remaining
     * @throws IndexOutOfBoundsException where the run leaves the tensor
     * @throws BufferOverflowException where the destination is too small
     * @throws InvalidInput where the file has been cut since it was opened, or an element is infinite or no number
     */
    public void read(TensorInfo tensor, long fromElement, int elements, ByteBuffer destination) {
        Objects.checkFromIndexSize(fromElement, elements, tensor.elements());
        if ((long) elements * tensor.type().bytes() > destination.remaining()) {
            throw new BufferOverflowException();
        }
        int bytes = elements * tensor.type().bytes();
        int offset = destination.arrayOffset() + destination.position();
        try {
            stored.get(tensor.name()).read(input, fromElement, elements, destination.array(), offset);
        } catch (IOException failure) {
            throw Message.of(path, failure);
        }
        checkFinite(tensor, fromElement, ByteBuffer.wrap(destination.array(), offset, bytes));
        destination.position(destination.position() + bytes);
    }

    /** One element that is infinite or no number would spread through all that is computed with it. */
    private void checkFinite(TensorInfo tensor, long fromElement, ByteBuffer bytes) {
        if (!tensor.type().isFloating()) {
            return;
        }
        ByteBuffer run = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int bad = firstNotFinite(tensor.type(), run);
        if (bad * tensor.type().bytes() < run.remaining()) {
            throw refused(
                    tensor,
                    fromElement + bad,
                    value(tensor.type(), run, bad),
                    "must be a finite number that float32 can hold");
        }
    }

    /** Looks at exponents alone, which are all ones: each type has a loop of its own, as all weights go through it. */
    private static int firstNotFinite(ElementType type, ByteBuffer run) {
        int at = 0;
        switch (type) {
            case F32 -> {
                while (at < run.limit() && (run.getInt(at) & 0x7f800000) != 0x7f800000) {
                    at += Integer.BYTES;
                }
            }
            case BF16 -> {
                while (at < run.limit() && (run.getShort(at) & 0x7f80) != 0x7f80) {
                    at += Short.BYTES;
                }
            }
            case F16 -> {
                while (at < run.limit() && (run.getShort(at) & 0x7c00) != 0x7c00) {
                    at += Short.BYTES;
                }
            }
            default -> {
                while (at < run.limit() && Float.isFinite((float) run.getDouble(at))) {
                    at += Double.BYTES;
                }
            }
        }
        return at / type.bytes();
    }

    private static Object value(ElementType type, ByteBuffer run, int element) {
        return switch (type) {
            case F32 -> run.getFloat(element * Float.BYTES);
            case BF16 -> HalfPrecision.ofBfloat16(run.getShort(element * Short.BYTES));
            case F16 -> HalfPrecision.ofFloat16(run.getShort(element * Short.BYTES));
            default -> run.getDouble(element * Double.BYTES);
        };
    }

    /**
     * What is said of an element that cannot be used.
     *
     * @param element its number in row-major order
     */
    public InvalidInput refused(TensorInfo tensor, long element, Object value, String allowed) {
        return InvalidInput.of(
                path + ": " + Message.oneLine(tensor.name()) + ElementPlace.of(tensor.shape(), element),
                value,
                allowed);
    }

    /**
     * A whole tensor of any floating-point type as float32, in row-major order.
     *
     * @throws InvalidInput where there is no such tensor, it is not of a floating-point type, or it has more elements
     *     than an array (read those by runs)
     */
    public float[] readFloats(String name) {
        TensorInfo tensor = tensor(name);
        if (!tensor.type().isFloating()) {
            throw mismatch(tensor, "must be F64, F32, F16 or BF16");
        }
        float[] values = new float[arrayLength(tensor)];
        forEachChunk(tensor, (chunk, from, count) -> {
            switch (tensor.type()) {
                case F32 -> chunk.asFloatBuffer().get(values, from, count);
                case F64 -> {
                    for (int i = 0; i < count; i++) {
                        values[from + i] = (float) chunk.getDouble(i * Double.BYTES);
                    }
                }
                case F16 -> {
                    for (int i = 0; i < count; i++) {
                        values[from + i] = HalfPrecision.ofFloat16(chunk.getShort(i * Short.BYTES));
                    }
                }
                case BF16 -> {
                    for (int i = 0; i < count; i++) {
                        values[from + i] = HalfPrecision.ofBfloat16(chunk.getShort(i * Short.BYTES));
                    }
                }
                default -> throw new AssertionError(tensor.type());
            }
        });
        return values;
    }

    /**
     * A whole tensor of any integer type as int64, in row-major order; booleans become 0 and 1.
     *
     * @throws InvalidInput where there is no such tensor, it is not of an integer type, or it has more elements than an
     *     array (read those by runs)
     */
    public long[] readLongs(String name) {
        TensorInfo tensor = tensor(name);
        if (tensor.type().isFloating()) {
            throw mismatch(tensor, "must be I64, I32, I16, I8, U8 or BOOL");
        }
        long[] values = new long[arrayLength(tensor)];
        forEachChunk(tensor, (chunk, from, count) -> {
            for (int i = 0; i < count; i++) {
                values[from + i] = switch (tensor.type()) {
                    case I64 -> chunk.getLong(i * Long.BYTES);
                    case I32 -> chunk.getInt(i * Integer.BYTES);
                    case I16 -> chunk.getShort(i * Short.BYTES);
                    case I8 -> chunk.get(i);
                    case U8 -> Byte.toUnsignedLong(chunk.get(i));
                    case BOOL -> chunk.get(i) == 0 ? 0 : 1;
                    default -> throw new AssertionError(tensor.type());
                };
            }
        });
        return values;
    }

    private interface ChunkReader {
        /** Takes {@code count} elements that lie at the start of the chunk and begin at element {@code from}. */
        void accept(ByteBuffer chunk, int from, int count);
    }

    private void forEachChunk(TensorInfo tensor, ChunkReader reader) {
        int total = (int) tensor.elements();
        int elementsPerChunk = Math.min(total, CHUNK / tensor.type().bytes());
        ByteBuffer chunk =
                ByteBuffer.allocate(elementsPerChunk * tensor.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < total; ) {
            int count = Math.min(elementsPerChunk, total - from);
            read(tensor, from, count, chunk.clear());
            reader.accept(chunk.flip(), from, count);
            from += count;
        }
    }

    private int arrayLength(TensorInfo tensor) {
        if (tensor.elements() > LARGEST_ARRAY) {
            throw mismatch(tensor, "must have at most " + LARGEST_ARRAY + " elements to be read at once");
        }
        return (int) tensor.elements();
    }

    private InvalidInput mismatch(TensorInfo tensor, String allowed) {
        return new InvalidInput(path + ": tensor " + tensor + " (" + allowed + ")");
    }

    /** Closes the file; it cannot be read afterwards. */
    @Override
    public void close() {
        closeQuietly(input);
    }

    private static void closeQuietly(FSDataInputStream input) {
        try {
            input.close();
        } catch (IOException ignored) {
            // Nothing was written, so nothing can be lost by a close that fails.
        }
    }

    /**
     * Reads a run of a tensor's elements as float32.
     *
     * @param tensor one of this file's, of any floating-point type
     * @param fromElement the first element, in row-major order
     * @param destination its first {@code count} elements are written
     */
    public void readFloats(TensorInfo tensor, long fromElement, float[] destination, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(
                        Math.multiplyExact(count, tensor.type().bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        read(tensor, fromElement, count, bytes);
        bytes.flip();
        switch (tensor.type()) {
            case F32 -> bytes.asFloatBuffer().get(destination, 0, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    destination[i] = (float) bytes.getDouble();
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    destination[i] = HalfPrecision.ofFloat16(bytes.getShort());
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    destination[i] = HalfPrecision.ofBfloat16(bytes.getShort());
                }
            }
            default -> throw mismatch(tensor, "must be F64, F32, F16 or BF16");
        }
    }
}
