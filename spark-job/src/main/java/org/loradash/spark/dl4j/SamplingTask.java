package org.loradash.spark.dl4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.kernel.NativeLibrary;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.StageKey;

/**
 * Has the model make what is to be looked at, at a state of a stage, with what its process keeps for the workers of that stage.
 *
 * @param configuration of the stage's network, as JSON
 * @param parameters of the state
 */
record SamplingTask<B>(
        StageKey key,
        ObjectiveFactory<B> factory,
        String configuration,
        Broadcast<float[]> parameters,
        Broadcast<SerializableConfiguration> hadoop)
        implements FlatMapFunction<Integer, byte[]> {
    @Override
    public Iterator<byte[]> call(Integer only) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        ProcessStage<B> stage = ProcessStage.enter(key, factory, configuration);
        Replica replica = stage.replicas().take();
        try {
            return stage.with(objective -> {
                try {
                    return objective
                            .samples(
                                    replica.load(parameters.value()),
                                    hadoop.value().value())
                            .iterator();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } finally {
            stage.replicas().giveBack(replica);
        }
    }
}
