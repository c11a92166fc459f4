package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;

/**
 * Reads linear layers of a U-Net, which adapters name by their whole names.
 *
 * @param promptWidth inputs of layers that read the prompt
 */
record UnetLinears(WeightFiles files, int promptWidth) {

    Projection withBias(String name, int outputs, int inputs) {
        Projection linear = together(List.of(name), outputs, inputs);
        return new Projection(linear.targets(), linear.weight(), Optional.of(files.vector(name + ".bias", outputs)));
    }

    /** Layers without a bias that share their input, each with as many outputs. */
    Projection together(List<String> names, int outputs, int inputs) {
        return Projection.read(
                files,
                names.stream().map(name -> new Target(name, 0, outputs, inputs)).toList());
    }
}
