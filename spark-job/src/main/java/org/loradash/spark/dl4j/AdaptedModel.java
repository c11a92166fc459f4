package org.loradash.spark.dl4j;

import java.util.ArrayList;
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
import org.loradash.train.Group;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
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
    private String[] names;

    @JsonProperty
    private int[] sizes;

    @JsonProperty
    private int[] firstSteps;

    @JsonProperty
    private double[] learningRates;

    @JsonProperty
    private boolean[] decays;

    /** For DL4J's reader of JSON. */
    AdaptedModel() {}

    /** @param groups that the flat vector consists of, in order */
    AdaptedModel(StageKey key, List<Group> groups) {
        this.run = key.run();
        this.stage = key.stage();
        this.names = groups.stream().map(Group::name).toArray(String[]::new);
        this.sizes = groups.stream().mapToInt(Group::size).toArray();
        this.firstSteps = groups.stream().mapToInt(Group::firstStep).toArray();
        this.learningRates = groups.stream().mapToDouble(Group::learningRate).toArray();
        this.decays = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            decays[i] = groups.get(i).decays();
        }
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

    /** The groups that the flat vector consists of, in order. */
    List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            groups.add(new Group(names[i], sizes[i], firstSteps[i], learningRates[i], decays[i]));
        }
        return groups;
    }

    private Group group(String name) {
        return groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public IUpdater getUpdaterByParam(String parameter) {
        Group group = group(parameter);
        return getIUpdater() instanceof AdamWUpdater adamW
                ? adamW.with(group.firstStep(), group.learningRate())
                : getIUpdater();
    }

    @Override
    public List<Regularization> getRegularizationByParam(String parameter) {
        return group(parameter).decays() ? getRegularization() : List.of();
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
        // A batch is as large as it is.
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
