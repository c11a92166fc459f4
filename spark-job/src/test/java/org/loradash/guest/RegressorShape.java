package org.loradash.guest;

import java.util.List;
import java.util.random.RandomGenerator;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.model.Backbone;
import org.loradash.model.Projection;
import org.loradash.model.Shape;
import org.loradash.model.Target;
import org.loradash.model.WeightFiles;
import org.loradash.model.WholeModule;
import org.loradash.model.WholeTensor;

/** A regressor's layers and sizes. Its score is no part of its files where it has not been trained yet. */
record RegressorShape(int inputs, int hidden, int inner, int narrow) implements Shape {
    static final String NORM = "narrow.norm.weight";
    static final String WEIGHT = "head.score.weight";
    static final String SKIP = "head.score.skip";
    static final String BIAS = "head.score.bias";

    @Override
    public String architecture() {
        return RegressorArchitecture.NAME;
    }

    @Override
    public List<Target> targets() {
        return List.of(
                new Target("encoder.dense", 0, hidden, inputs),
                new Target("block.up.0", 1, 2 * inner, hidden),
                new Target("block.down", 1, hidden, inner),
                new Target("narrow.dense", 2, narrow, hidden));
    }

    Target target(int index) {
        return targets().get(index);
    }

    @Override
    public List<WholeModule> modules() {
        return List.of(new WholeModule(
                "head.score",
                List.of(
                        new WholeTensor(WEIGHT, List.of(1, narrow)),
                        new WholeTensor(SKIP, List.of(1, hidden)),
                        new WholeTensor(BIAS, List.of(1)))));
    }

    @Override
    public float[] start(WholeTensor tensor, WeightFiles files, RandomGenerator random) {
        float[] values = new float[tensor.elements()];
        for (int i = 0; i < values.length && !tensor.isVector(); i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return values;
    }

    @Override
    public void check(WeightFiles files) {
        targets().forEach(target -> files.check(target.weightName(), target.outputs(), target.inputs()));
        files.check(NORM, hidden);
    }

    @Override
    public Backbone load(WeightFiles files) {
        check(files);
        return new Regressor(
                targets().stream()
                        .map(target -> Projection.read(files, List.of(target)))
                        .toList(),
                files.vector(NORM, hidden));
    }

    @Override
    public Backbone withoutMemory(Storage storage) {
        return new Regressor(
                targets().stream()
                        .map(target -> Projection.withoutMemory(List.of(target), storage))
                        .toList(),
                Tensor.withoutMemory(1, hidden));
    }
}
