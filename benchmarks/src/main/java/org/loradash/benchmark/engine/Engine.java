package org.loradash.benchmark.engine;

import java.util.function.UnaryOperator;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.Adam;
import org.loradash.task.Task;
import org.loradash.train.TaskObjective;
import org.loradash.train.TaskObjective.Options;

/** Our engine with its optimiser, as one worker of a run has them: AdamW of PyTorch's defaults at a constant rate. */
public final class Engine<B> implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double WEIGHT_DECAY = 0.01;
    private static final int SLICE_TOKENS = 1024; // the job's default

    private final TaskObjective<B> objective;
    private final Kernels optimiser = KernelProvider.best().open(); // one thread, as a run's optimiser has it
    private final double learningRate;
    private final Tensor parameters;
    private final Tensor gradient;
    private final Tensor firstMoments;
    private final Tensor secondMoments;
    private int steps;

    /** The engine as a run has it. */
    public Engine(Workload<B> workload, Recipe recipe) {
        this(workload, recipe, UnaryOperator.identity());
    }

    /** The engine with its kernels wrapped. */
    public Engine(Workload<B> workload, Recipe recipe, UnaryOperator<Kernels> observer) {
        this.objective = new TaskObjective<>(
                workload.task(),
                workload.model(),
                workload.adapter(),
                new Options(
                        0,
                        recipe.threads(),
                        new Task.Slicing(SLICE_TOKENS, true),
                        recipe.blockValues(),
                        recipe.arithmetic()),
                KernelProvider.best(),
                observer);
        this.learningRate = recipe.learningRate();
        int size = objective.parameters();
        this.parameters = Tensor.of(1, size, workload.start());
        this.gradient = Tensor.zeros(1, size);
        this.firstMoments = Tensor.zeros(1, size);
        this.secondMoments = Tensor.zeros(1, size);
    }

    /**
     * A step's loss and how long it took.
     *
     * @param optimiserSeconds of its seconds, after the gradient was known
     */
    public record Step(double loss, double seconds, double optimiserSeconds) {}

    /** Loss, gradient and the optimiser's step. */
    public Step step(B batch) {
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
