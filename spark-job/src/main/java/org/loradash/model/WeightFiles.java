package org.loradash.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.TensorInfo;

/**
 * A model's tensors by name, read into the engine's memory.
 *
 * @param storage how matrices of linear layers are held, and others as {@link Storage#outsideBlocks}; vectors are always
 *     float32
 * @param merge of tensors as they are read
 */
public record WeightFiles(TensorDirectory directory, Storage storage, Merge merge) {
    private static final int ELEMENTS_AT_ONCE = 1 << 20;

    /** Tensors as they are in the files. */
    public WeightFiles(TensorDirectory directory, Storage storage) {
        this(directory, storage, Merge.none());
    }

    /** Refuses a tensor that is missing, of another shape, or not of a floating-point type. Reads nothing of it. */
    public void check(String name, int... shape) {
        TensorInfo tensor = directory.tensor(name);
        long[] expected = Arrays.stream(shape).asLongStream().toArray();
        if (!Arrays.equals(tensor.shape(), expected)) {
            throw InvalidInput.of(
                    directory.file(name).path() + ": " + name,
                    "shape " + Arrays.toString(tensor.shape()),
                    "must be " + Arrays.toString(expected) + ", as config.json says");
        }
        switch (tensor.type()) {
            case F64, F32, F16, BF16 -> {}
            default -> throw InvalidInput.of(
                    directory.file(name).path() + ": " + name,
                    "type " + tensor.type(),
                    "must be F64, F32, F16 or BF16");
        }
    }

    /** Whether there is a tensor of that name and shape. */
    public boolean has(String name, List<Integer> shape) {
        return directory.contains(name)
                && Arrays.equals(
                        directory.tensor(name).shape(),
                        shape.stream().mapToLong(Integer::longValue).toArray());
    }

    /** A matrix that is no linear layer of a block, such as an embedding. */
    public Weight outside(String name, int rows, int columns) {
        Weight weight = Weight.allocate(rows, columns, storage.outsideBlocks());
        check(name, rows, columns);
        read(name, weight.size(), weight, 0);
        return weight;
    }

    /**
     * Matrices of linear layers, one above the other.
     *
     * @param rows of each
     * @param columns of all
     */
    public Weight stacked(List<String> names, List<Integer> rows, int columns) {
        Weight weight = Weight.allocate(rows, columns, storage);
        long to = 0;
        for (int i = 0; i < rows.size(); i++) {
            long elements = (long) rows.get(i) * columns;
            check(names.get(i), rows.get(i), columns);
            read(names.get(i), elements, weight, to);
            to += elements;
        }
        return weight;
    }

    private void read(String name, long elements, Weight weight, long to) {
        TensorFile file = directory.file(name);
        if (merge.changes(name)) {
            float[] merged = merge.merged(name, file.readFloats(name));
            checkHeld(file, name, 0, merged, merged.length, weight.storage());
            weight.write(to, merged, Math.toIntExact(elements));
            return;
        }
        int most = Math.max(1, ELEMENTS_AT_ONCE / weight.unit()) * weight.unit();
        float[] part = new float[(int) Math.min(elements, most)];
        for (long from = 0; from < elements; from += part.length) {
            int count = (int) Math.min(part.length, elements - from);
            file.readFloats(file.tensor(name), from, part, count);
            checkHeld(file, name, from, part, count, weight.storage());
            weight.write(to + from, part, count);
        }
    }

    /** Refuses what would become infinite where it is held, and what a change has made of finite numbers. */
    private void checkHeld(TensorFile file, String name, long from, float[] values, int count, Storage held) {
        float beyond = beyondLargest(held);
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(values[i]) < beyond)) {
                throw file.refused(
                        file.tensor(name),
                        from + i,
                        values[i],
                        Float.isFinite(values[i])
                                ? "must be a number that model.storage = " + storage.written() + " can hold"
                                        + (held == storage ? "; " : " outside blocks, where it is bfloat16; ")
                                        + (held == Storage.FLOAT16 ? "bfloat16 and float32 can" : "float32 can")
                                : "must be a finite number");
            }
        }
    }

    /** The least number that rounds to infinity. */
    private static float beyondLargest(Storage held) {
        return switch (held) {
            case FLOAT32, INT8, NF4 -> Float.POSITIVE_INFINITY;
            case BFLOAT16 -> 0x1.ffp127f;
            case FLOAT16 -> 65520f;
        };
    }

    /** All elements of a tensor of that shape, row by row. */
    public float[] floats(String name, List<Integer> shape) {
        check(name, shape.stream().mapToInt(Integer::intValue).toArray());
        return directory.readFloats(name);
    }

    /**
     * A changed matrix outside blocks that another one's elements are changed to, such as an output layer that was the embedding.
     *
     * @param original whose elements it has in the files
     */
    public Weight changed(String name, String original, int rows, int columns) {
        check(original, rows, columns);
        Weight weight = Weight.allocate(rows, columns, storage.outsideBlocks());
        float[] values = merged(name, original);
        weight.write(0, values, values.length);
        return weight;
    }

    private float[] merged(String name, String original) {
        float[] values = directory.readFloats(original);
        return merge.changes(name) ? merge.merged(name, values) : values;
    }

    public Tensor vector(String name, int size) {
        return vectors(List.of(name), new int[] {size});
    }

    /** Vectors one behind the other: 1 x the sum of their sizes. */
    public Tensor vectors(List<String> names, int[] sizes) {
        float[] all = new float[IntStream.of(sizes).reduce(0, Math::addExact)];
        int to = 0;
        for (int i = 0; i < sizes.length; i++) {
            check(names.get(i), sizes[i]);
            System.arraycopy(merged(names.get(i), names.get(i)), 0, all, to, sizes[i]);
            to += sizes[i];
        }
        return Tensor.of(1, all.length, all);
    }

    /** A tensor of a module that can be trained whole, which the files have or a change brings. */
    public Tensor whole(WholeTensor tensor) {
        float[] values = directory.contains(tensor.name())
                ? merged(tensor.name(), tensor.name())
                : merge.merged(tensor.name(), new float[tensor.elements()]);
        return Tensor.of(tensor.rows(), tensor.columns(), values);
    }
}
