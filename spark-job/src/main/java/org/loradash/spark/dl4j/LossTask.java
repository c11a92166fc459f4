package org.loradash.spark.dl4j;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.data.Batch;
import org.loradash.kernel.NativeLibrary;
import org.loradash.kernel.Tensor;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.Pool;
import org.loradash.spark.rounds.StageKey;
import org.loradash.spark.source.TokenStores;
import org.loradash.train.Objective;

/**
 * The losses of batches of records at a state of a stage: a function of both, whichever task computes it. It computes with
 * what its process keeps for the workers of that stage, so that it takes no memory beside theirs.
 *
 * @param configuration of the stage's network, as JSON
 * @param parameters of the state
 * @param location of the store that has the records
 */
public record LossTask(
        StageKey key,
        ObjectiveFactory factory,
        String configuration,
        Broadcast<float[]> parameters,
        String location,
        Broadcast<SerializableConfiguration> hadoop)
        implements FlatMapFunction<Iterator<long[]>, LossTask.BatchLoss> {

    /**
     * @param sum over the labelled tokens
     */
    public record BatchLoss(double sum, int labelledTokens) {}

    @Override
    public Iterator<BatchLoss> call(Iterator<long[]> batches) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        ProcessStage stage = ProcessStage.enter(key, factory, configuration);
        Replica replica = stage.replicas().take();
        try {
            return losses(batches, stage.objectives(), replica.load(parameters.value()));
        } finally {
            stage.replicas().giveBack(replica);
        }
    }

    private Iterator<BatchLoss> losses(Iterator<long[]> batches, Pool<Objective<Batch>> objectives, Tensor values) {
        Configuration configured = hadoop.value().value();
        List<BatchLoss> losses = new ArrayList<>();
        Objective<Batch> objective = objectives.take();
        try {
            while (batches.hasNext()) {
                Batch batch = TokenStores.batch(location, batches.next(), configured);
                losses.add(new BatchLoss(objective.loss(batch, values), batch.labelledTokens()));
            }
        } catch (RuntimeException | Error e) {
            // One that failed half-way is not used again.
            objective.close();
            throw e;
        }
        objectives.giveBack(objective);
        return losses.iterator();
    }
}
