package org.loradash.spark.dl4j;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.loradash.data.Batch;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.Pool;
import org.loradash.spark.rounds.StageKey;
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
        this.objectives = new Pool<>(factory::create, Objective::close);
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
        forget(other -> other.run().equals(key.run()) && !other.equals(key));
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
        forget(key -> key.run().equals(run));
    }

    private static void forget(Predicate<StageKey> which) {
        for (StageKey key : STAGES.keySet()) {
            if (which.test(key)) {
                ProcessStage stage = STAGES.remove(key);
                if (stage != null) {
                    stage.objectives.close();
                }
            }
        }
    }

    Pool<Objective<Batch>> objectives() {
        return objectives;
    }

    Pool<Replica> replicas() {
        return replicas;
    }
}
