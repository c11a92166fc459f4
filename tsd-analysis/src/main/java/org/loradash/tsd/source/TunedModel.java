package org.loradash.tsd.source;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.TensorDirectory;

/** A model with the base model's tensors, each of which training may have changed: W*, by full fine-tuning. */
public final class TunedModel implements ChangeSource {
    private final String path;
    private final TensorDirectory weights;

    private TunedModel(String path, TensorDirectory weights) {
        this.path = path;
        this.weights = weights;
    }

    /** Opens a Hugging Face model directory; {@link InvalidInput} where it is none. */
    public static TunedModel open(String path, Configuration hadoop) {
        return new TunedModel(
                path, TensorDirectory.open(FileSystems.of("TASK", path, hadoop), ModelPath.of("TASK", path, hadoop)));
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public void check(BaseModel base, List<Target> chosen) {
        for (Target target : chosen) {
            long[] shape = weights.tensor(target.name().weight()).shape();
            long[] expected = {target.rows(), target.columns()};
            if (!Arrays.equals(shape, expected)) {
                throw InvalidInput.of(
                        path + ": " + target.name().weight(),
                        "shape " + Arrays.toString(shape),
                        "must be " + Arrays.toString(expected) + ", as in the base model");
            }
        }
    }

    @Override
    public boolean changes(Target target) {
        return weights.contains(target.name().weight());
    }

    @Override
    public WeightUpdate change(Target target, float[] weight) {
        return WeightUpdate.Dense.between(
                weight, weights.readFloats(target.name().weight()));
    }

    @Override
    public void close() {
        weights.close();
    }
}
