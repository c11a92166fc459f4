package org.loradash.model.diffusion;

import java.util.List;
import org.loradash.kernel.Tensor;
import org.loradash.model.Projection;

/** The weights of others, and what memory they take together. */
final class CountedWeights implements PartWeights {
    private final PartWeights weights;
    private long bytes = 0;

    CountedWeights(PartWeights weights) {
        this.weights = weights;
    }

    long bytes() {
        return bytes;
    }

    private Tensor counted(Tensor tensor) {
        bytes += tensor.size() * Float.BYTES;
        return tensor;
    }

    @Override
    public Tensor vector(String name, int size) {
        return counted(weights.vector(name, size));
    }

    @Override
    public Tensor convolution(String name, int outputs, int inputs, int side) {
        return counted(weights.convolution(name, outputs, inputs, side));
    }

    @Override
    public Projection linears(List<String> names, int outputs, int inputs, Bias bias) {
        Projection linears = weights.linears(names, outputs, inputs, bias);
        bytes += linears.bytes();
        return linears;
    }
}
