package org.loradash.kernel.portable;

import org.loradash.kernel.operation.AddColumnDots;
import org.loradash.kernel.operation.AddColumns;
import org.loradash.kernel.operation.WriteColumns;
import org.loradash.kernel.operation.WriteScaledColumns;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Some columns of wide rows. */
public final class PortableColumns {
    private PortableColumns() {}

    public static void write(WriteColumns of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            Workspace.columns(of.out(), of.from(), of.x().columns())
                    .assign(of.x().array().mul(of.alpha()));
        }
    }

    public static void add(AddColumns of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray some = Workspace.columns(of.x(), of.from(), of.out().columns());
            of.out().array().addi(some.mul(of.alpha()));
        }
    }

    public static void writeScaled(WriteScaledColumns of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            Workspace.columns(of.out(), of.from(), of.x().columns())
                    .assign(of.x().array().mul(of.factors().array()));
        }
    }

    public static void addDots(AddColumnDots of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray some = Workspace.columns(of.x(), of.from(), of.y().columns());
            of.out().array().addi(of.y().array().mul(some).sum(true, 0));
        }
    }
}
