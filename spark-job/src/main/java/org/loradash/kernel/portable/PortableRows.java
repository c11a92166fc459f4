package org.loradash.kernel.portable;

import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.GatherRows;
import org.loradash.kernel.operation.RepeatRow;
import org.loradash.kernel.operation.Rotate;
import org.loradash.kernel.operation.ScatterRows;
import org.loradash.kernel.operation.WriteSlots;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rows that go somewhere, and rows that turn. */
public final class PortableRows {
    private PortableRows() {}

    public static void gather(GatherRows of) {
        gather(of.x().array(), of.indices(), of.out());
    }

    static void gather(INDArray from, int[] indices, Tensor out) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            out.array().assign(Nd4j.pullRows(from, 1, indices));
        }
    }

    public static void repeat(RepeatRow of) {
        of.out().array().assign(0).addi(of.row().array());
    }

    public static void scatter(ScatterRows of) {
        for (int i = 0; i < of.indices().length; i++) {
            of.out().array().getRow(of.indices()[i]).addi(of.x().array().getRow(i));
        }
    }

    public static void rotate(Rotate of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            int half = of.cosines().columns();
            int d = of.x().columns() / of.heads();
            INDArray cosine = Nd4j.pullRows(of.cosines().array(), 1, of.positions());
            INDArray sine = Nd4j.pullRows(of.sines().array(), 1, of.positions());
            if (of.direction() == Rotate.Direction.TRANSPOSED) {
                sine.negi();
            }
            for (int head = 0; head < of.heads(); head++) {
                INDArray low = Workspace.columns(of.x(), head * d, half);
                INDArray high = Workspace.columns(of.x(), head * d + half, half);
                INDArray turnedLow = low.mul(cosine).subi(high.mul(sine));
                high.assign(high.mul(cosine).addi(low.mul(sine)));
                low.assign(turnedLow);
            }
        }
    }

    public static void writeSlots(WriteSlots of) {
        int d = of.cache().columns();
        int capacity = of.cache().rows() / of.keyHeads();
        for (int i = 0; i < of.slots().length; i++) {
            for (int head = 0; head < of.keyHeads(); head++) {
                int row = head * capacity + of.slots()[i];
                Workspace.region(of.cache(), row, row + 1, 0, d)
                        .assign(Workspace.region(of.x(), i, i + 1, head * d, d));
            }
        }
    }
}
