package org.loradash.spark.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.loradash.kernel.Tensor;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** An adapted model as DL4J trains it: batch in, loss and gradient of the flat vector out. */
final class AdaptedModelLayer extends BaseLayer<AdaptedModel> implements IOutputLayer {
    private static final long serialVersionUID = 1L;

    private INDArray labels;
    private long seed;
    private transient Tensor parameters;
    private transient Tensor gradients;

    AdaptedModelLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** The seed of the next step's randomness. */
    void seed(long seed) {
        this.seed = seed;
    }

    @Override
    public void setParamsViewArray(INDArray vector) {
        super.setParamsViewArray(vector);
        parameters = row(vector);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray vector) {
        super.setBackpropGradientsViewArray(vector);
        gradients = row(vector);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        score = ProcessStage.of(layerConf().key()).lossAndGradient(input, parameters, gradients, seed);
        gradient = new DefaultGradient(gradientsFlattened);
        gradientViews.forEach(gradient::setGradientFor);
        return new Pair<>(gradient, null);
    }

    @Override
    public void computeGradientAndScore(LayerWorkspaceMgr workspaces) {
        backpropGradient(null, workspaces);
    }

    @Override
    public double computeScore(double regularization, boolean training, LayerWorkspaceMgr workspaces) {
        return score;
    }

    @Override
    public INDArray computeScoreForExamples(double regularization, LayerWorkspaceMgr workspaces) {
        return Nd4j.createFromArray(new float[][] {{(float) score}});
    }

    /** Weight decay is no part of AdamW's loss. */
    @Override
    public double calcRegularizationScore(boolean trainedOnly) {
        return 0;
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public void setLabels(INDArray labels) {
        this.labels = labels;
    }

    @Override
    public INDArray getLabels() {
        return labels;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        throw onlyALoss();
    }

    @Override
    public double f1Score(DataSet data) {
        throw onlyALoss();
    }

    @Override
    public double f1Score(INDArray examples, INDArray labels) {
        throw onlyALoss();
    }

    @Override
    public int numLabels() {
        throw onlyALoss();
    }

    @Override
    public int[] predict(INDArray examples) {
        throw onlyALoss();
    }

    @Override
    public List<String> predict(DataSet data) {
        throw onlyALoss();
    }

    @Override
    public void fit(DataSetIterator batches) {
        throw onlyALoss();
    }

    @Override
    public void fit(INDArray examples, INDArray labels) {
        throw onlyALoss();
    }

    @Override
    public void fit(DataSet data) {
        throw onlyALoss();
    }

    @Override
    public void fit(INDArray examples, int[] labels) {
        throw onlyALoss();
    }

    private static IllegalStateException onlyALoss() {
        return new IllegalStateException(
                "an adapted model gives DL4J a loss and a gradient, and is trained as a network");
    }

    private static Tensor row(INDArray vector) {
        return Tensor.over(vector, 1, Math.toIntExact(vector.length()));
    }
}
