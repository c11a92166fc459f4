package org.loradash.benchmark.samediff;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.openblas.global.openblas;
import org.loradash.kernel.NativeLibrary;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The network as a user of SameDiff writes it: one graph over all tokens, whose operations use all threads. */
final class SameDiffBlocks {
    private static final String LOSS = "loss";

    private final SameDiff graph;
    private final List<String> trained = new ArrayList<>();
    private final int threads;

    SameDiffBlocks(Blocks blocks, int threads) {
        NativeLibrary.select();
        this.threads = threads;
        this.graph = SameDiff.create();
        int tokens = blocks.shape().tokens();
        int hidden = blocks.shape().hidden();
        SDVariable x = constant("x", blocks.x(), tokens, hidden);
        for (int i = 0; i < blocks.blocks().size(); i++) {
            Blocks.Block block = blocks.blocks().get(i);
            int inner = blocks.shape().inner();
            SDVariable gate = linear(x, constant("gate" + i, block.gate(), inner, hidden));
            SDVariable up = changed(
                    "up" + i, x, block.up(), inner, hidden, blocks.shape().rank());
            SDVariable activated = graph.nn().swish(gate).mul(up);
            x = x.add(changed(
                    "down" + i,
                    activated,
                    block.down(),
                    hidden,
                    inner,
                    blocks.shape().rank()));
        }
        x.mul(constant("direction", blocks.direction(), tokens, hidden)).sum(LOSS);
        graph.setLossVariables(LOSS);
    }

    /** Forward and backward. */
    Map<String, INDArray> gradients() {
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
        openblas.blas_set_num_threads(threads);
        PrintStream results = System.out;
        // The first time it prints the name of every operation that it differentiates.
        System.setOut(System.err);
        try {
            return graph.calculateGradients(Map.of(), trained);
        } finally {
            System.setOut(results);
            // The tape's operations come next on this thread, each on its own threads.
            NativeLibrary.confineToCallingThread();
        }
    }

    private SDVariable changed(String name, SDVariable x, Blocks.Changed changed, int outputs, int inputs, int rank) {
        SDVariable weight = constant(name, changed.weight(), outputs, inputs);
        SDVariable a = graph.var(name + "A", array(changed.a(), rank, inputs));
        SDVariable b = graph.var(name + "B", array(changed.b(), outputs, rank));
        trained.add(a.name());
        trained.add(b.name());
        return linear(x, weight).add(linear(linear(x, a), b));
    }

    private SDVariable linear(SDVariable x, SDVariable weight) {
        return graph.mmul(x, weight, false, true, false);
    }

    private SDVariable constant(String name, float[] values, int rows, int columns) {
        return graph.constant(name, array(values, rows, columns));
    }

    private static INDArray array(float[] values, int rows, int columns) {
        return Nd4j.create(values, rows, columns);
    }
}
