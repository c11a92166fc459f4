package org.loradash.spark.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The adapted model's flat vector as DL4J's named parameters: the factors, and behind them the coordinates. */
final class FlatParameters implements ParamInitializer {
    static final String FACTORS = "factors";
    static final String COORDINATES = "coordinates";
    static final FlatParameters INSTANCE = new FlatParameters();

    private FlatParameters() {}

    @Override
    public long numParams(NeuralNetConfiguration configuration) {
        return numParams(configuration.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        AdaptedModel model = (AdaptedModel) layer;
        return (long) model.factors() + model.coordinates();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return ((AdaptedModel) layer).coordinates() == 0 ? List.of(FACTORS) : List.of(FACTORS, COORDINATES);
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
        AdaptedModel model = (AdaptedModel) configuration.getLayer();
        INDArray flat = vector.reshape(vector.length());
        Map<String, INDArray> parts = new LinkedHashMap<>();
        parts.put(FACTORS, flat.get(NDArrayIndex.interval(0, model.factors())));
        if (model.coordinates() > 0) {
            parts.put(COORDINATES, flat.get(NDArrayIndex.interval(model.factors(), flat.length())));
        }
        return parts;
    }
}
