package org.loradash.model.diffusion;

import java.util.List;
import java.util.Optional;
import org.loradash.kernel.Tensor;
import org.loradash.model.Projection;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;

/** Weights that are read from files. */
record FileWeights(WeightFiles files) implements PartWeights {
    @Override
    public Tensor vector(String name, int size) {
        return files.vector(name, size);
    }

    @Override
    public Tensor convolution(String name, int outputs, int inputs, int side) {
        float[] given = files.floats(name, List.of(outputs, inputs, side, side));
        float[] places = new float[given.length];
        int area = side * side;
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input < inputs; input++) {
                for (int place = 0; place < area; place++) {
                    places[(output * area + place) * inputs + input] = given[(output * inputs + input) * area + place];
                }
            }
        }
        return Tensor.of(outputs, area * inputs, places);
    }

    @Override
    public Projection linears(List<String> names, int outputs, int inputs, Bias bias) {
        List<Target> targets =
                names.stream().map(name -> new Target(name, 0, outputs, inputs)).toList();
        Projection read = Projection.read(files, targets);
        return bias == Bias.NONE
                ? read
                : new Projection(
                        targets,
                        read.weight(),
                        Optional.of(files.vectors(
                                targets.stream().map(Target::biasName).toList(),
                                targets.stream().mapToInt(Target::outputs).toArray())));
    }
}
