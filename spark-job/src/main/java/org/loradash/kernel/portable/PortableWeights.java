package org.loradash.kernel.portable;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.loradash.kernel.FloatWeight;
import org.loradash.kernel.Int8Weight;
import org.loradash.kernel.Nf4Weight;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.Weight;
import org.loradash.kernel.operation.Expand;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.shape.Gather;
import org.nd4j.linalg.factory.Nd4j;

/** Rows of frozen weights as float32. */
public final class PortableWeights {
    private PortableWeights() {}

    public static void expand(Expand of) {
        rows(of.weight(), of.from(), of.to(), of.out());
    }

    public static void gather(org.loradash.kernel.operation.Gather of) {
        if (of.table() instanceof FloatWeight floats) {
            PortableRows.gather(floats.array(), of.indices(), of.out());
            return;
        }
        for (int i = 0; i < of.indices().length; i++) {
            int row = of.indices()[i];
            rows(of.table(), row, row + 1, of.out().rows(i, i + 1));
        }
    }

    private static void rows(Weight weight, int from, int to, Tensor out) {
        if (weight instanceof FloatWeight floats) {
            out.array().assign(floats.array().get(interval(from, to), all()));
        } else if (weight instanceof Nf4Weight quantised) {
            nf4(quantised, from, to, out);
        } else if (weight instanceof Int8Weight quantised) {
            int8(quantised, from, to, out);
        } else {
            int begin = 0;
            for (Weight part : weight.parts()) {
                int first = Math.max(from, begin);
                int last = Math.min(to, begin + part.rows());
                if (first < last) {
                    rows(part, first - begin, last - begin, out.rows(first - from, last - from));
                }
                begin += part.rows();
            }
        }
    }

    private static void int8(Int8Weight weight, int from, int to, Tensor out) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray scale = weight.absmax().rows(from, to).array().div(Int8Weight.LARGEST);
            out.array().assign(weight.codes().get(interval(from, to), all()));
            out.array().muliColumnVector(scale);
        }
    }

    /** Whole blocks, of which the elements of the rows are taken. */
    private static void nf4(Nf4Weight weight, int from, int to, Tensor out) {
        long begin = (long) from * weight.columns();
        long end = (long) to * weight.columns();
        int first = (int) (begin / Nf4Weight.BLOCK);
        int last = (int) ((end + Nf4Weight.BLOCK - 1) / Nf4Weight.BLOCK);
        INDArray table = Table.PAIRS; // which must not be made in a workspace
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray numbers = weight.codes()
                    .get(interval(first, last), all())
                    .castTo(DataType.INT)
                    .subi(Byte.MIN_VALUE);
            INDArray values = Nd4j.exec(new Gather(table, numbers, 0))[0].reshape(last - first, Nf4Weight.BLOCK);
            values.muliColumnVector(weight.absmax().rows(first, last).array());
            long skipped = begin - (long) first * Nf4Weight.BLOCK;
            INDArray taken = values.reshape(values.length()).get(interval(skipped, skipped + end - begin));
            out.array().assign(taken.reshape(to - from, weight.columns()));
        }
    }

    /** The values of the two codes of each byte, from -128 on: 256 x 2. */
    private static final class Table {
        static final INDArray PAIRS = pairs();

        private static INDArray pairs() {
            float[] values = new float[512];
            for (int value = Byte.MIN_VALUE; value <= Byte.MAX_VALUE; value++) {
                int at = 2 * (value - Byte.MIN_VALUE);
                values[at] = Nf4Weight.value(value >> 4 & 15);
                values[at + 1] = Nf4Weight.value(value & 15);
            }
            return Nd4j.create(values, new long[] {256, 2}, DataType.FLOAT);
        }
    }
}
