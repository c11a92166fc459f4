package org.loradash.spark.dl4j;

import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.loradash.kernel.Tensor;
import org.loradash.spark.rounds.Chunk;
import org.loradash.train.Contribution.Part;
import org.loradash.train.TrainingState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DL4J network whose parameters and moments can be written from a training state and read in parts.
 *
 * <p>DL4J keeps moments by blocks of parameters that share an updater, as in [m of factors, v of factors, m of
 * coordinates, v of coordinates]; a training state keeps each of them whole.
 */
final class Replica {
    private static final int LAYER = 0;
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final int EXPONENT = 0x7F800000;

    private final MultiLayerNetwork network;
    private final Tensor parameters;
    private final Tensor moments;
    private final List<UpdaterBlock> blocks;
    private final int size;

    private Replica(MultiLayerNetwork network) {
        this.network = network;
        this.size = Math.toIntExact(network.numParams());
        INDArray state = Nd4j.zeros(network.params().dataType(), 2L * size);
        ClippingUpdater updater = new ClippingUpdater(network, state);
        network.setUpdater(updater);
        this.blocks = updater.getUpdaterBlocks();
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
        loadMoments(state.firstMoments(), FIRST);
        loadMoments(state.secondMoments(), SECOND);
        network.setIterationCount(state.step());
    }

    /**
     * Takes parameters over and leaves the rest as it is.
     *
     * @return 1 x all of them, valid until the next loading
     */
    Tensor load(float[] values) {
        parameters.write(values, 0);
        return parameters;
    }

    /** Whether every parameter is a number. */
    boolean hasFiniteParameters() {
        FloatBuffer values = parameters.floats();
        int odd = 0;
        for (int i = 0; i < values.capacity(); i++) {
            // The exponent's bits are all set in infinities and in what is no number, and nowhere else.
            odd |= (Float.floatToRawIntBits(values.get(i)) & EXPONENT) == EXPONENT ? 1 : 0;
        }
        return odd == 0;
    }

    /** A copy of the parameters and moments of a part of the vectors. */
    Part part(Chunk chunk) {
        return new Part(read(parameters, chunk), readMoments(chunk, FIRST), readMoments(chunk, SECOND));
    }

    /** A copy of a part of the last gradient. */
    Part gradient(Chunk chunk) {
        Tensor gradient = Tensor.over(network.getFlattenedGradients(), 1, size);
        return new Part(read(gradient, chunk), new float[0], new float[0]);
    }

    /** Takes one step of the network's updater along a gradient, one element a parameter. */
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
        for (UpdaterBlock block : blocks) {
            moments(block, order, 0, size(block)).write(values, block.getParamOffsetStart());
        }
    }

    private float[] readMoments(Chunk chunk, int order) {
        float[] values = new float[chunk.size()];
        for (UpdaterBlock block : blocks) {
            int from = Math.max(chunk.from(), block.getParamOffsetStart());
            int to = Math.min(chunk.to(), block.getParamOffsetEnd());
            if (from < to) {
                moments(block, order, from - block.getParamOffsetStart(), to - from)
                        .read(values, from - chunk.from());
            }
        }
        return values;
    }

    private Tensor moments(UpdaterBlock block, int order, int from, int count) {
        return moments.window(block.getUpdaterViewOffsetStart() + (long) order * size(block) + from, 1, count);
    }

    private static int size(UpdaterBlock block) {
        return block.getParamOffsetEnd() - block.getParamOffsetStart();
    }

    private static float[] read(Tensor vector, Chunk chunk) {
        return vector.window(chunk.from(), 1, chunk.size()).toArray();
    }
}
