package org.loradash.kernel.portable;

import org.loradash.kernel.operation.GroupNorm;
import org.loradash.kernel.operation.GroupNorm.Then;
import org.loradash.kernel.operation.HeadNorm;
import org.loradash.kernel.operation.LayerNorm;
import org.loradash.kernel.operation.RmsNorm;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Normalisations of rows. */
public final class PortableNorms {
    private PortableNorms() {}

    public static void rms(RmsNorm.Forward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray x = of.x().array();
            INDArray inverse = of.inverse().array();
            INDArray meanSquare = x.mul(x).mean(true, 1);
            inverse.assign(Transforms.sqrt(meanSquare.addi(of.epsilon()), false).rdivi(1));
            of.out().array().assign(x.mul(inverse).muli(of.weight().array()));
        }
    }

    public static void rmsBackward(RmsNorm.Backward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray dOut = of.dOut().array();
            INDArray weight = of.weight().array();
            INDArray inverse = of.inverse().array();
            INDArray dNormal = dOut.mul(weight);
            INDArray normal = of.x().array().mul(inverse);
            INDArray mean = dNormal.mul(normal).mean(true, 1);
            dOut.assign(normal.mul(weight));
            of.dx().array().addi(dNormal.subi(normal.muli(mean)).muli(inverse));
        }
    }

    public static void heads(HeadNorm.Forward of) {
        int d = of.weight().columns();
        for (int part = 0; part < of.inverse().columns(); part++) {
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray x = of.x().columns(part * d, (part + 1) * d).array();
                INDArray meanSquare = x.mul(x).mean(true, 1);
                INDArray inverse =
                        Transforms.sqrt(meanSquare.addi(of.epsilon()), false).rdivi(1);
                of.inverse().columns(part, part + 1).array().assign(inverse);
                of.out()
                        .columns(part * d, (part + 1) * d)
                        .array()
                        .assign(x.mul(inverse).muli(of.weight().array()));
            }
        }
    }

    public static void headsBackward(HeadNorm.Backward of) {
        int d = of.weight().columns();
        for (int part = 0; part < of.inverse().columns(); part++) {
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray dOut = of.dOut().columns(part * d, (part + 1) * d).array();
                INDArray inverse = of.inverse().columns(part, part + 1).array();
                INDArray normal =
                        of.x().columns(part * d, (part + 1) * d).array().mul(inverse);
                INDArray dNormal = dOut.mul(of.weight().array());
                INDArray mean = dNormal.mul(normal).mean(true, 1);
                dOut.assign(dNormal.subi(normal.muli(mean)).muli(inverse));
            }
        }
    }

    public static void layer(LayerNorm.Forward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray mean = of.mean().array().assign(of.x().array().mean(true, 1));
            INDArray centred = of.x().array().sub(mean);
            INDArray variance = centred.mul(centred).mean(true, 1);
            INDArray inverse = of.inverse()
                    .array()
                    .assign(Transforms.sqrt(variance.addi(of.epsilon()), false).rdivi(1));
            of.out()
                    .array()
                    .assign(scaled(
                            centred.muli(inverse),
                            of.weight().array(),
                            of.bias().array()));
        }
    }

    public static void layerBackward(LayerNorm.Backward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray dOut = of.dOut().array();
            INDArray weight = of.weight().array();
            INDArray inverse = of.inverse().array();
            INDArray dNormal = dOut.mul(weight);
            INDArray normal = of.x().array().sub(of.mean().array()).muli(inverse);
            INDArray along = dNormal.mul(normal).mean(true, 1);
            dOut.assign(scaled(normal, weight, of.bias().array()));
            INDArray across = dNormal.mean(true, 1);
            of.dx().array().addi(dNormal.subi(across).subi(normal.muli(along)).muli(inverse));
        }
    }

    public static void group(GroupNorm.Forward of) {
        int width = of.x().columns() / of.groups();
        for (int group = 0; group < of.groups(); group++) {
            int from = group * width;
            int to = from + width;
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray x = of.x().columns(from, to).array();
                INDArray mean = of.mean().columns(group, group + 1).array().assign(x.mean());
                INDArray centred = x.sub(mean);
                INDArray variance = centred.mul(centred).mean();
                INDArray inverse = of.inverse()
                        .columns(group, group + 1)
                        .array()
                        .assign(Transforms.sqrt(variance.addi(of.epsilon()), false)
                                .rdivi(1));
                INDArray normal = scaled(
                        centred.muli(inverse),
                        of.weight().columns(from, to).array(),
                        of.bias().columns(from, to).array());
                if (of.then() == Then.SILU) {
                    normal.muli(Transforms.sigmoid(normal, true));
                }
                of.out().columns(from, to).array().assign(normal);
            }
        }
    }

    public static void groupBackward(GroupNorm.Backward of) {
        int width = of.x().columns() / of.groups();
        for (int group = 0; group < of.groups(); group++) {
            int from = group * width;
            int to = from + width;
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray weight = of.weight().columns(from, to).array();
                INDArray inverse = of.inverse().columns(group, group + 1).array();
                INDArray normal = of.x()
                        .columns(from, to)
                        .array()
                        .sub(of.mean().columns(group, group + 1).array())
                        .muli(inverse);
                INDArray dNormal = of.dOut().columns(from, to).array().mul(weight);
                if (of.then() == Then.SILU) {
                    INDArray made =
                            scaled(normal, weight, of.bias().columns(from, to).array());
                    INDArray share = Transforms.sigmoid(made, true);
                    // s (1 + y (1 - s))
                    dNormal.muli(made.muli(share.rsub(1)).addi(1).muli(share));
                }
                INDArray along = dNormal.mul(normal).mean();
                INDArray across = dNormal.mean();
                of.dx()
                        .columns(from, to)
                        .array()
                        .addi(dNormal.subi(across).subi(normal.muli(along)).muli(inverse));
            }
        }
    }

    private static INDArray scaled(INDArray normal, INDArray weight, INDArray bias) {
        return normal.mul(weight).addi(bias);
    }
}
