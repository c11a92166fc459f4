package org.loradash.spark.dl4j;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.loradash.kernel.NativeLibrary;
import org.loradash.kernel.Tensor;
import org.loradash.spark.application.TaskDevice;
import org.loradash.spark.rounds.BatchMeasurement;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.spark.rounds.StageKey;
import org.loradash.task.Measurement;

/**
 * Measures batches of records at a state of a stage: a function of both, whichever task computes it. It computes with
 * what its process keeps for the workers of that stage, so that it takes no memory beside theirs.
 *
 * @param configuration of the stage's network, as JSON
 * @param parameters of the state
 * @param location where the data lies
 */
record MeasuringTask<B>(
        StageKey key,
        ObjectiveFactory<B> factory,
        String configuration,
        Broadcast<float[]> parameters,
        BatchSource<B> batches,
        String location)
        implements FlatMapFunction<Iterator<long[]>, BatchMeasurement> {
    @Override
    public Iterator<BatchMeasurement> call(Iterator<long[]> records) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        ProcessStage<B> stage = ProcessStage.enter(key, factory, configuration);
        Replica replica = stage.replicas().take();
        try {
            return measurements(records, stage, replica.load(parameters.value()));
        } finally {
            stage.replicas().giveBack(replica);
        }
    }

    private Iterator<BatchMeasurement> measurements(Iterator<long[]> records, ProcessStage<B> stage, Tensor values) {
        return stage.with(objective -> {
            List<BatchMeasurement> measurements = new ArrayList<>();
            while (records.hasNext()) {
                B batch = batches.batch(location, records.next());
                Measurement measured = objective.measure(batch, values);
                measurements.add(
                        new BatchMeasurement(measured.loss(), objective.weight(batch), measured.predictions()));
            }
            return measurements.iterator();
        });
    }
}
