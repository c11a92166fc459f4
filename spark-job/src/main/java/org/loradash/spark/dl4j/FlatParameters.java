package org.loradash.spark.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.loradash.train.Group;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The adapted model's flat vector as DL4J's named parameters: a group each. */
final class FlatParameters implements ParamInitializer {
    static final FlatParameters INSTANCE = new FlatParameters();

    private FlatParameters() {}

    @Override
    public long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return groups(layer).stream().mapToLong(Group::size).sum();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return groups(layer).stream().map(Group::name).toList();
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return paramKeys(layer);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of();
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return paramKeys(layer).contains(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return false;
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration configuration, INDArray vector, boolean initialize) {
        if (initialize) {
            vector.assign(0);
        }
        paramKeys(configuration.getLayer()).forEach(configuration::addVariable);
        return named(configuration, vector);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration configuration, INDArray vector) {
        return named(configuration, vector);
    }

    private Map<String, INDArray> named(NeuralNetConfiguration configuration, INDArray vector) {
        INDArray flat = vector.reshape(vector.length());
        Map<String, INDArray> parts = new LinkedHashMap<>();
        long from = 0;
        for (Group group : groups(configuration.getLayer())) {
            parts.put(group.name(), flat.get(NDArrayIndex.interval(from, from + group.size())));
            from += group.size();
        }
        return parts;
    }

    private static List<Group> groups(Layer layer) {
        return ((AdaptedModel) layer).groups();
    }
}
