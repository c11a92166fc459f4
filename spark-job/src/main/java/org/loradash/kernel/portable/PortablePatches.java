package org.loradash.kernel.portable;

import org.loradash.kernel.operation.Patches;
import org.loradash.kernel.operation.Patches.View;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Patches of images, one place of all squares at a time. */
public final class PortablePatches {
    private PortablePatches() {}

    public static void forward(Patches.Forward of) {
        View view = of.view();
        int channels = of.x().columns();
        try (MemoryWorkspace ignored = Workspace.open()) {
            // What lies outside is the row behind the last.
            INDArray rows = Nd4j.vstack(of.x().array(), Nd4j.zeros(DataType.FLOAT, 1, channels));
            for (int within = 0; within < view.area(); within++) {
                int[] indices = new int[of.out().rows()];
                for (int i = 0; i < indices.length; i++) {
                    int row = view.row(of.from() + i, within);
                    indices[i] = row < 0 ? of.x().rows() : row;
                }
                Workspace.columns(of.out(), within * channels, channels).assign(Nd4j.pullRows(rows, 1, indices));
            }
        }
    }

    public static void backward(Patches.Backward of) {
        View view = of.view();
        int some = of.dx().columns();
        for (int i = 0; i < of.dOut().rows(); i++) {
            for (int within = 0; within < view.area(); within++) {
                int row = view.row(of.from() + i, within);
                if (row >= 0) {
                    Workspace.region(of.dx(), row, row + 1, 0, some)
                            .addi(Workspace.region(of.dOut(), i, i + 1, within * of.channels() + of.channel(), some));
                }
            }
        }
    }
}
