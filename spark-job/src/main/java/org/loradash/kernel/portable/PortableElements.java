package org.loradash.kernel.portable;

import org.loradash.kernel.operation.Adam;
import org.loradash.kernel.operation.Add;
import org.loradash.kernel.operation.Copy;
import org.loradash.kernel.operation.Drop;
import org.loradash.kernel.operation.DropoutMask;
import org.loradash.kernel.operation.Scale;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Operations on elements that stand alone. */
public final class PortableElements {
    private PortableElements() {}

    public static void add(Add of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            of.y().array().addi(of.x().array().mul(of.alpha()));
        }
    }

    public static void copy(Copy of) {
        of.y().array().assign(of.x().array());
    }

    public static void scale(Scale of) {
        of.x().array().muli(of.factor());
    }

    public static void dropout(Drop of) {
        int rows = of.x().rows();
        int columns = of.x().columns();
        int key = DropoutMask.key(of.seed());
        int threshold = DropoutMask.threshold(of.probability());
        float kept = DropoutMask.scale(of.probability());
        float[] mask = new float[rows * columns];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = DropoutMask.keeps(key, of.firstRow() * columns + i, threshold) ? kept : 0;
        }
        try (MemoryWorkspace ignored = Workspace.open()) {
            of.out()
                    .array()
                    .assign(Workspace.matrix(mask, rows, columns).muli(of.x().array()));
        }
    }

    public static void adam(Adam of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            Adam.Step step = of.step();
            INDArray g = of.gradient().array();
            INDArray m = of.m().array();
            INDArray v = of.v().array();
            m.muli(step.beta1()).addi(g.mul(1 - step.beta1()));
            v.muli(step.beta2()).addi(g.mul(g).muli(1 - step.beta2()));
            double correction1 = 1 - Math.pow(step.beta1(), step.t());
            double correction2 = 1 - Math.pow(step.beta2(), step.t());
            INDArray denominator =
                    Transforms.sqrt(v, true).divi(Math.sqrt(correction2)).addi(step.epsilon());
            g.assign(m.div(denominator).muli(step.rate() / correction1));
        }
    }
}
