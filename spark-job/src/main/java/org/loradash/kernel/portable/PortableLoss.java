package org.loradash.kernel.portable;

import org.loradash.kernel.operation.CrossEntropy;
import org.loradash.kernel.operation.LogSumExp;
import org.loradash.kernel.operation.SquaredError;
import org.loradash.kernel.operation.Targets;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterSub;
import org.nd4j.linalg.api.ops.impl.shape.Gather;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Softmax over rows of logits. */
public final class PortableLoss {
    private PortableLoss() {}

    public static double crossEntropy(CrossEntropy of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            Targets targets = of.targets();
            int vocabulary = of.logits().columns();
            INDArray x = of.logits().array();
            INDArray flat = x.reshape(of.logits().size());
            float[] weights = new float[targets.rows()];
            float[] wanted = new float[targets.tokens().length];
            int[] at = new int[wanted.length];
            for (int row = 0; row < weights.length; row++) {
                weights[row] = targets.weight(row);
                for (int i = targets.starts()[row]; i < targets.starts()[row + 1]; i++) {
                    at[i] = row * vocabulary + targets.tokens()[i];
                    wanted[i] = of.scale() * targets.counts()[i];
                }
            }
            INDArray ofTargets = Nd4j.createFromArray(at);
            INDArray share = of.isCapped() ? x.div(of.cap()) : x;
            x.subi(maximum(x));
            // Single elements of a matrix are a device's to read: asking for one would bring all of it to the host.
            float[] scores = Nd4j.exec(new Gather(flat, ofTargets, 0))[0].toFloatVector();
            Transforms.exp(x, false);
            INDArray sum = x.sum(true, 1);
            float[] sums = sum.toFloatVector();
            x.muli(sum.rdiv(of.scale()).muli(Workspace.matrix(weights, weights.length, 1)));
            ScatterSub atTargets = new ScatterSub(flat, ofTargets, Nd4j.createFromArray(wanted));
            atTargets.addOutputArgument(flat);
            Nd4j.exec(atTargets);
            if (of.isCapped()) {
                x.muli(share.muli(share).rsubi(1));
            }
            double loss = 0;
            for (int row = 0; row < sums.length; row++) {
                loss += weights[row] * Math.log(sums[row]);
            }
            for (int i = 0; i < scores.length; i++) {
                loss -= (double) targets.counts()[i] * scores[i];
            }
            return loss;
        }
    }

    public static double squaredError(SquaredError of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray differences = of.values().array();
            differences.subi(Workspace.matrix(
                    of.targets(), of.values().rows(), of.values().columns()));
            double sum = 0;
            for (float difference : of.values().toArray()) {
                sum += (double) difference * difference;
            }
            differences.muli(2 * of.scale());
            return sum;
        }
    }

    public static void logSumExp(LogSumExp of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray x = of.x().array();
            INDArray maximum = maximum(x);
            INDArray sum = Transforms.exp(x.sub(maximum), false).sum(true, 1);
            of.out().array().assign(Transforms.log(sum, false).addi(maximum));
        }
    }

    /** Of each row; finite, so that infinity less the maximum is infinity. */
    private static INDArray maximum(INDArray x) {
        INDArray maximum = Transforms.max(x.max(true, 1), -Float.MAX_VALUE, false);
        return Transforms.min(maximum, Float.MAX_VALUE, false);
    }
}
