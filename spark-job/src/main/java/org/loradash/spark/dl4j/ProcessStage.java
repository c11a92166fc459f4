package org.loradash.spark.dl4j;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.loradash.kernel.Tensor;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.Pool;
import org.loradash.spark.rounds.StageKey;
import org.loradash.train.Objective;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a process keeps of the stage that it computes: objectives and networks, each used by one task at a time, and the
 * batches that are on their way through the networks.
 *
 * <p>DL4J makes layers from JSON, which cannot carry an objective, so a layer finds its stage here by its key.
 *
 * @param <B> what a step computes on
 */
final class ProcessStage<B> {
    private static final Map<StageKey, ProcessStage<?>> STAGES = new ConcurrentHashMap<>();

    private final Pool<Objective<B>> objectives;
    private final Pool<Replica> replicas;
    private final BatchHandles<B> handles = new BatchHandles<>();

    private ProcessStage(ObjectiveFactory<B> factory, String configuration) {
        this.objectives = new Pool<>(factory::create, Objective::close);
        this.replicas = new Pool<>(() -> Replica.of(MultiLayerConfiguration.fromJson(configuration)));
    }

    /**
     * This process's stage of that key, made when it is first asked for. A run's earlier stages are forgotten then:
     * their vectors have other lengths.
     *
     * @param factory the same for all who give that key
     * @param configuration the network's, as JSON
     */
    @SuppressWarnings("unchecked")
    static <B> ProcessStage<B> enter(StageKey key, ObjectiveFactory<B> factory, String configuration) {
        ProcessStage<?> stage = STAGES.computeIfAbsent(key, entered -> new ProcessStage<>(factory, configuration));
        forget(other -> other.run().equals(key.run()) && !other.equals(key));
        return (ProcessStage<B>) stage;
    }

    /** The stage of that key, which some task of this process has entered. */
    static ProcessStage<?> of(StageKey key) {
        ProcessStage<?> stage = STAGES.get(key);
        if (stage == null) {
            throw new IllegalStateException("no objective for " + key + " in this process");
        }
        return stage;
    }

    /** Forgets all stages of a run. */
    static void leave(String run) {
        forget(key -> key.run().equals(run));
    }

    private static void forget(Predicate<StageKey> which) {
        for (StageKey key : STAGES.keySet()) {
            if (which.test(key)) {
                ProcessStage<?> stage = STAGES.remove(key);
                if (stage != null) {
                    stage.objectives.close();
                }
            }
        }
    }

    Pool<Replica> replicas() {
        return replicas;
    }

    BatchHandles<B> handles() {
        return handles;
    }

    /** What is done with an objective that nobody else uses meanwhile. */
    <T> T with(Function<Objective<B>, T> use) {
        Objective<B> objective = objectives.take();
        T result;
        try {
            result = use.apply(objective);
        } catch (RuntimeException | Error e) {
            // One that failed half-way is not used again.
            objective.close();
            throw e;
        }
        objectives.giveBack(objective);
        return result;
    }

    /**
     * The loss of the batch that features stand for, and its gradient.
     *
     * @param parameters 1 x all of them
     * @param gradient likewise, overwritten
     * @param seed of the step
     */
    double lossAndGradient(INDArray features, Tensor parameters, Tensor gradient, long seed) {
        return with(objective -> objective.lossAndGradient(handles.held(features), parameters, gradient, seed));
    }
}
