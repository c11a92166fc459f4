package org.loradash.model.diffusion;

import java.util.List;
import org.loradash.kernel.Tensor;
import org.loradash.model.Projection;

/** What the layers of a part are made of: its files, or shapes alone. */
interface PartWeights {
    /** Biases of linear layers. */
    enum Bias {
        NONE,
        ONE
    }

    /** @return 1 x size */
    Tensor vector(String name, int size);

    /** @return outputs x (side * side * inputs), inputs of one place together */
    Tensor convolution(String name, int outputs, int inputs, int side);

    /** Layers that share their input, each with as many outputs. */
    Projection linears(List<String> names, int outputs, int inputs, Bias bias);

    /** A layer with a bias. */
    default Projection linear(String name, int outputs, int inputs) {
        return linears(List.of(name), outputs, inputs, Bias.ONE);
    }
}
