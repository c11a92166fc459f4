package org.loradash.spark.training;

import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings;
import org.loradash.data.Batch;
import org.loradash.kernel.KernelProvider;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.train.LanguageModelObjective;
import org.loradash.train.Objective;

/**
 * Makes the objective of a stage on an executor, around the process's one copy of the frozen model.
 *
 * @param adapter with the chosen directions, in the sprint; a broadcast for their size
 * @param threads that compute a batch together: the cores of a task
 */
record LanguageModelFactory(
        ModelSettings model,
        Broadcast<Adapter> adapter,
        Broadcast<SerializableConfiguration> hadoop,
        double dropout,
        int threads,
        int sliceTokens,
        boolean packing,
        boolean recompute)
        implements ObjectiveFactory {

    @Override
    public Objective<Batch> create() {
        return new LanguageModelObjective(
                FrozenModels.of(model, hadoop.value().value()),
                adapter.value(),
                new LanguageModelObjective.Options(
                        dropout,
                        threads,
                        sliceTokens,
                        packing,
                        recompute ? Tape.BlockValues.RECOMPUTED : Tape.BlockValues.KEPT),
                KernelProvider.best());
    }
}
