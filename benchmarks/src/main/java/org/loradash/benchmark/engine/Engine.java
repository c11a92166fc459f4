package org.loradash.benchmark.engine;

import java.util.List;
import java.util.function.UnaryOperator;
import org.loradash.adapter.Adapter;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Adam;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.task.Task;
import org.loradash.task.language.NextTokens;
import org.loradash.task.language.TokenBatch;
import org.loradash.train.TaskObjective;
import org.loradash.train.TaskObjective.Options;

/** Our engine with its optimiser, as one worker of a run has them: AdamW of PyTorch's defaults at a constant rate. */
public final class Engine implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double WEIGHT_DECAY = 0.01;
    private static final int SLICE_TOKENS = 1024; // the job's default

    private final TaskObjective<TokenBatch> objective;
    private final Kernels optimiser = KernelProvider.best().open(); // one thread, as a run's optimiser has it
    private final double learningRate;
    private final Tensor parameters;
    private final Tensor gradient;
    private final Tensor firstMoments;
    private final Tensor secondMoments;
    private int steps;

    private Engine(TaskObjective<TokenBatch> objective, Adapter adapter, double learningRate) {
        this.objective = objective;
        this.learningRate = learningRate;
        int size = objective.parameters();
        this.parameters = Tensor.of(1, size, adapter.start(42));
        this.gradient = Tensor.zeros(1, size);
        this.firstMoments = Tensor.zeros(1, size);
        this.secondMoments = Tensor.zeros(1, size);
    }

    /** The engine as a run has it. */
    public static Engine of(Decoder model, Recipe recipe) {
        return observed(model, recipe, UnaryOperator.identity());
    }

    /** The engine with its kernels wrapped. */
    public static Engine observed(Decoder model, Recipe recipe, UnaryOperator<Kernels> observer) {
        Adapter adapter = recipe.adapter(model);
        TaskObjective<TokenBatch> objective = new TaskObjective<>(
                task(recipe, model), model, adapter, options(recipe), KernelProvider.best(), observer);
        return new Engine(objective, adapter, recipe.learningRate());
    }

    /** Batches are there already: no records are read. */
    private static NextTokens task(Recipe recipe, Decoder model) {
        DecoderShape shape = model.shape();
        DataSettings data = new DataSettings(
                List.of(), DataSettings.Format.TOKENS, recipe.cutoff(), true, false, true, TableSettings.USUAL);
        return new NextTokens(data, "", shape.vocabularySize(), shape.maximumPositions());
    }

    private static Options options(Recipe recipe) {
        return new Options(0, recipe.threads(), new Task.Slicing(SLICE_TOKENS, true), recipe.blockValues());
    }

    /**
     * A step's loss and how long it took.
     *
     * @param optimiserSeconds of its seconds, after the gradient was known
     */
    public record Step(double loss, double seconds, double optimiserSeconds) {}

    /** Loss, gradient and the optimiser's step. */
    public Step step(TokenBatch batch) {
        long begin = System.nanoTime();
        double loss = objective.lossAndGradient(batch, parameters, gradient, steps);
        long middle = System.nanoTime();
        steps++;
        optimiser.run(new Adam(
                gradient, firstMoments, secondMoments, new Adam.Step(learningRate, BETA1, BETA2, EPSILON, steps)));
        parameters.array().muli(1 - learningRate * WEIGHT_DECAY).subi(gradient.array());
        long end = System.nanoTime();
        return new Step(loss, (end - begin) * 1e-9, (end - middle) * 1e-9);
    }

    /** Ends the threads that compute. */
    @Override
    public void close() {
        objective.close();
    }
}
