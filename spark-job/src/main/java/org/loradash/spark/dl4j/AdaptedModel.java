package org.loradash.spark.dl4j;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.loradash.spark.rounds.StageKey;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The configuration of DL4J's view of an adapted model: one layer, from a batch to its loss, whose parameters are the
 * flat vector of everything trainable. It names the objective that computes it, and knows nothing of it.
 */
public final class AdaptedModel extends BaseLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private String run;

    @JsonProperty
    private String stage;

    @JsonProperty
    private int factors;

    @JsonProperty
    private int coordinates;

    @JsonProperty
    private int coordinatesFrom;

    @JsonProperty
    private double coordinateRate;

    /** For DL4J's reader of JSON. */
    AdaptedModel() {}

    /**
     * @param factors trainable parameters before the coordinates
     * @param coordinates 0 before the boundary
     * @param coordinatesFrom the step from which the coordinates count their own
     * @param coordinateRate their largest learning rate
     */
    AdaptedModel(StageKey key, int factors, int coordinates, int coordinatesFrom, double coordinateRate) {
        this.run = key.run();
        this.stage = key.stage();
        this.factors = factors;
        this.coordinates = coordinates;
        this.coordinatesFrom = coordinatesFrom;
        this.coordinateRate = coordinateRate;
        setLayerName(key.stage());
    }

    /** A network of this layer alone, which trains with that updater. */
    MultiLayerConfiguration network(IUpdater updater, double weightDecay, double gradientClipping) {
        setIUpdater(updater);
        setRegularization(weightDecay == 0 ? List.of() : List.of(new WeightDecay(weightDecay, true)));
        if (gradientClipping > 0) {
            setGradientNormalization(GradientNormalization.ClipL2PerLayer);
            setGradientNormalizationThreshold(gradientClipping);
        }
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .miniBatch(false)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .list()
                .layer(this)
                .build();
    }

    StageKey key() {
        return new StageKey(run, stage);
    }

    int factors() {
        return factors;
    }

    int coordinates() {
        return coordinates;
    }

    @Override
    public IUpdater getUpdaterByParam(String parameter) {
        return parameter.equals(FlatParameters.COORDINATES) && getIUpdater() instanceof AdamWUpdater adamW
                ? adamW.with(coordinatesFrom, coordinateRate)
                : getIUpdater();
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        AdaptedModelLayer layer = new AdaptedModelLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        Map<String, INDArray> table = initializer().init(configuration, parameters, initialize);
        layer.setParamTable(table);
        return layer;
    }

    @Override
    public ParamInitializer initializer() {
        return FlatParameters.INSTANCE;
    }

    @Override
    public InputType getOutputType(int index, InputType input) {
        return InputType.feedForward(1);
    }

    @Override
    public void setNIn(InputType input, boolean override) {
        // A batch has as many tokens as it has.
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType input) {
        return null;
    }

    @Override
    public boolean isPretrainParam(String parameter) {
        return false;
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType input) {
        long parameters = initializer().numParams(this);
        return new LayerMemoryReport.Builder(getLayerName(), AdaptedModel.class, input, getOutputType(0, input))
                .standardMemory(parameters, 2 * parameters)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }
}
