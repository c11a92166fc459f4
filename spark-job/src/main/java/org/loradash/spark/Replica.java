package org.loradash.spark;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.loradash.kernel.Tensor;
import org.loradash.train.Contribution.Part;
import org.loradash.train.TrainingState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DL4J network whose parameters and moments can be written from a training state and read in parts.
 *
 * <p>DL4J keeps moments by blocks of parameters that share an updater, here [m of factors, v of factors, m of
 * coordinates, v of coordinates]; a training state keeps each of them whole.
 */
final class Replica {
    private static final int LAYER = 0;

    private final MultiLayerNetwork network;
    private final Tensor parameters;
    private final Tensor moments;
    private final int factors;
    private final int coordinates;

    private Replica(MultiLayerNetwork network) {
        this.network = network;
        AdaptedModel model = (AdaptedModel) network.getLayer(LAYER).conf().getLayer();
        this.factors = model.factors();
        this.coordinates = model.coordinates();
        int size = factors + coordinates;
        INDArray state = Nd4j.zeros(network.params().dataType(), 2L * size);
        network.setUpdater(new ClippingUpdater(network, state));
        this.parameters = Tensor.over(network.params(), 1, size);
        this.moments = Tensor.over(state, 1, 2 * size);
    }

    /** A new network. */
    static Replica of(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return new Replica(network);
    }

    /** An existing network; its updater's state starts at zero. */
    static Replica of(MultiLayerNetwork network) {
        return new Replica(network);
    }

    MultiLayerNetwork network() {
        return network;
    }

    AdaptedModelLayer layer() {
        return (AdaptedModelLayer) network.getLayer(LAYER);
    }

    /** Takes a state over. */
    void load(TrainingState state) {
        parameters.write(state.parameters(), 0);
        loadMoments(state.firstMoments(), 0);
        loadMoments(state.secondMoments(), 1);
        network.setIterationCount(state.step());
    }

    /** A copy of the parameters and moments of a part of the vectors. */
    Part part(Chunk chunk) {
        float[] first = new float[chunk.size()];
        float[] second = new float[chunk.size()];
        readMoments(chunk, 0, first);
        readMoments(chunk, 1, second);
        return new Part(read(parameters, chunk), first, second);
    }

    /** A copy of a part of the last gradient. */
    Part gradient(Chunk chunk) {
        Tensor gradient = Tensor.over(network.getFlattenedGradients(), 1, factors + coordinates);
        return new Part(read(gradient, chunk), new float[0], new float[0]);
    }

    /** Takes one step of the network's updater along a gradient, factors + coordinates elements. */
    void step(float[] gradient) {
        if (network.getFlattenedGradients() == null) {
            network.initGradientsView();
        }
        INDArray vector = network.getFlattenedGradients();
        Tensor.over(vector, 1, gradient.length).write(gradient, 0);
        Gradient named = new DefaultGradient(vector);
        network.getLayer(LAYER)
                .conf()
                .getLayer()
                .initializer()
                .getGradientsFromFlattened(network.getLayer(LAYER).conf(), vector)
                .forEach((name, part) -> named.setGradientFor(LAYER + "_" + name, part));
        network.getUpdater()
                .update(
                        network,
                        named,
                        network.getIterationCount(),
                        network.getEpochCount(),
                        1,
                        LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(vector.reshape(vector.length()));
        network.setIterationCount(network.getIterationCount() + 1);
    }

    private void loadMoments(float[] values, int order) {
        moments.window((long) order * factors, 1, factors).write(values, 0);
        if (coordinates > 0) {
            moments.window(2L * factors + (long) order * coordinates, 1, coordinates)
                    .write(values, factors);
        }
    }

    private void readMoments(Chunk chunk, int order, float[] destination) {
        int border = Math.min(Math.max(factors, chunk.from()), chunk.to());
        if (border > chunk.from()) {
            moments.window((long) order * factors + chunk.from(), 1, border - chunk.from())
                    .read(destination, 0);
        }
        if (chunk.to() > border) {
            moments.window(2L * factors + (long) order * coordinates + border - factors, 1, chunk.to() - border)
                    .read(destination, border - chunk.from());
        }
    }

    private static float[] read(Tensor vector, Chunk chunk) {
        return vector.window(chunk.from(), 1, chunk.size()).toArray();
    }
}
