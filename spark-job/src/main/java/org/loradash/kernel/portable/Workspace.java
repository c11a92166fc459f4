package org.loradash.kernel.portable;

import org.loradash.kernel.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where intermediate arrays live, so that none waits for the garbage collector, and views of tensors. */
final class Workspace {
    private static final WorkspaceConfiguration CONFIGURATION = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0)
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    private Workspace() {}

    /** Arrays that are made until it is closed live no longer than that. */
    static MemoryWorkspace open() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, "PORTABLE_KERNELS");
    }

    static INDArray matrix(float[] values, int rows, int columns) {
        return Nd4j.create(values, new long[] {rows, columns}, DataType.FLOAT);
    }

    static INDArray columns(Tensor x, int from, int count) {
        return region(x, 0, x.rows(), from, count);
    }

    /** Rows [fromRow, toRow) and some columns of a tensor, in its memory. */
    static INDArray region(Tensor x, int fromRow, int toRow, int fromColumn, int count) {
        INDArray whole = x.array();
        return Nd4j.create(
                whole.data(),
                new long[] {toRow - fromRow, count},
                new long[] {x.stride(), 1},
                whole.offset() + (long) fromRow * x.stride() + fromColumn,
                'c');
    }
}
