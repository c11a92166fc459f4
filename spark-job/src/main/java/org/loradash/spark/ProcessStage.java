package org.loradash.spark;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.loradash.data.Batch;
import org.loradash.train.Objective;

/**
 * What a process keeps of the stage that it computes: objectives and networks, each used by one task at a time.
 *
 * <p>DL4J makes layers from JSON, which cannot carry an objective, so a layer finds its stage here by its key.
 */
final class ProcessStage {
    private static final Map<StageKey, ProcessStage> STAGES = new ConcurrentHashMap<>();

    private final Pool<Objective<Batch>> objectives;
    private final Pool<Replica> replicas;

    private ProcessStage(ObjectiveFactory factory, String configuration) {
        this.objectives = new Pool<>(factory::create);
        this.replicas = new Pool<>(() -> Replica.of(MultiLayerConfiguration.fromJson(configuration)));
    }

    /**
     * This process's stage of that key, made when it is first asked for. A run's earlier stages are forgotten then:
     * their vectors have other lengths.
     *
     * @param configuration the network's, as JSON
     */
    static ProcessStage enter(StageKey key, ObjectiveFactory factory, String configuration) {
        ProcessStage stage = STAGES.computeIfAbsent(key, entered -> new ProcessStage(factory, configuration));
        STAGES.keySet().removeIf(other -> other.run().equals(key.run()) && !other.equals(key));
        return stage;
    }

    /** The stage of that key, which some task of this process has entered. */
    static ProcessStage of(StageKey key) {
        ProcessStage stage = STAGES.get(key);
        if (stage == null) {
            throw new IllegalStateException("no objective for " + key + " in this process");
        }
        return stage;
    }

    /** Forgets all stages of a run. */
    static void leave(String run) {
        STAGES.keySet().removeIf(key -> key.run().equals(run));
    }

    Pool<Objective<Batch>> objectives() {
        return objectives;
    }

    Pool<Replica> replicas() {
        return replicas;
    }
}
