package org.loradash.spark.dl4j;

import java.util.Map;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Adam;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/** Turns gradients into AdamW's steps in place, with moments in DL4J's updater state: all first ones, then all second. */
final class AdamWSteps implements GradientUpdater<AdamWUpdater> {
    private static final String FIRST = "M";
    private static final String SECOND = "V";

    private final AdamWUpdater configuration;
    private final Kernels kernels = KernelProvider.best().open();
    private INDArray firstMoments;
    private INDArray secondMoments;
    private Tensor first;
    private Tensor second;

    AdamWSteps(AdamWUpdater configuration) {
        this.configuration = configuration;
    }

    AdamWSteps(AdamWUpdater configuration, INDArray state, boolean initialize) {
        this(configuration);
        setStateViewArray(state, new long[] {state.length() / 2}, 'c', initialize);
    }

    @Override
    public AdamWUpdater getConfig() {
        return configuration;
    }

    @Override
    public void setStateViewArray(INDArray state, long[] gradientShape, char gradientOrder, boolean initialize) {
        if (initialize) {
            state.assign(0);
        }
        INDArray flat = state.reshape(state.length());
        long half = flat.length() / 2;
        setMoments(flat.get(NDArrayIndex.interval(0, half)), flat.get(NDArrayIndex.interval(half, 2 * half)));
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
        if (initialize) {
            state.values().forEach(moments -> moments.assign(0));
        }
        setMoments(state.get(FIRST), state.get(SECOND));
    }

    @Override
    public Map<String, INDArray> getState() {
        return Map.of(FIRST, firstMoments, SECOND, secondMoments);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        Tensor step = Tensor.over(gradient, 1, Math.toIntExact(gradient.length()));
        kernels.run(new Adam(step, first, second, configuration.step(iteration)));
    }

    private void setMoments(INDArray newFirst, INDArray newSecond) {
        firstMoments = newFirst;
        secondMoments = newSecond;
        first = Tensor.over(newFirst, 1, Math.toIntExact(newFirst.length()));
        second = Tensor.over(newSecond, 1, Math.toIntExact(newSecond.length()));
    }
}
