package org.loradash.kernel.portable;

import static org.loradash.kernel.portable.PortableAttention.product;
import static org.loradash.kernel.portable.PortableAttention.slice;
import static org.loradash.kernel.portable.Workspace.region;

import org.loradash.kernel.operation.CrossAttention;
import org.loradash.kernel.operation.MatrixProduct.Side;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Attention to another sequence head by head, all scores of a head at once. */
public final class PortableCrossAttention {
    private PortableCrossAttention() {}

    public static void forward(CrossAttention.Forward of) {
        int d = of.q().columns() / of.heads();
        int queries = of.q().rows();
        int keys = of.k().rows();
        for (int head = 0; head < of.heads(); head++) {
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray scores = product(
                                slice(of.q(), 0, queries, head, d),
                                Side.PLAIN,
                                slice(of.k(), 0, keys, head, d),
                                Side.TRANSPOSED)
                        .muli(of.scale());
                INDArray maximum = scores.max(true, 1);
                INDArray weights = Transforms.exp(scores.subi(maximum), false);
                INDArray sum = weights.sum(true, 1);
                region(of.out(), 0, queries, head * d, d)
                        .assign(product(weights, Side.PLAIN, slice(of.v(), 0, keys, head, d), Side.PLAIN)
                                .divi(sum));
                region(of.logSumExp(), 0, queries, head, 1)
                        .assign(Transforms.log(sum, false).addi(maximum));
            }
        }
    }

    public static void backward(CrossAttention.Backward of) {
        int d = of.q().columns() / of.heads();
        int queries = of.q().rows();
        int keys = of.k().rows();
        for (int head = 0; head < of.heads(); head++) {
            try (MemoryWorkspace ignored = Workspace.open()) {
                INDArray query = slice(of.q(), 0, queries, head, d);
                INDArray key = slice(of.k(), 0, keys, head, d);
                INDArray dOutput = slice(of.dOut(), 0, queries, head, d);
                INDArray scores =
                        product(query, Side.PLAIN, key, Side.TRANSPOSED).muli(of.scale());
                INDArray weights = Transforms.exp(scores.subi(region(of.logSumExp(), 0, queries, head, 1)), false);
                INDArray mean =
                        dOutput.mul(slice(of.out(), 0, queries, head, d)).sum(true, 1);
                INDArray dScores = product(dOutput, Side.PLAIN, slice(of.v(), 0, keys, head, d), Side.TRANSPOSED)
                        .subi(mean)
                        .muli(weights)
                        .muli(of.scale());
                region(of.dq(), 0, queries, head * d, d).assign(product(dScores, Side.PLAIN, key, Side.PLAIN));
                region(of.dk(), 0, keys, head * d, d).assign(product(dScores, Side.TRANSPOSED, query, Side.PLAIN));
                region(of.dv(), 0, keys, head * d, d).assign(product(weights, Side.TRANSPOSED, dOutput, Side.PLAIN));
            }
        }
    }
}
