package org.loradash.spark.training;

import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.Adapter;
import org.loradash.config.ModelSettings;
import org.loradash.kernel.KernelProvider;
import org.loradash.spark.application.FrozenModels;
import org.loradash.spark.rounds.ObjectiveFactory;
import org.loradash.task.Task;
import org.loradash.train.Objective;
import org.loradash.train.TaskObjective;

/**
 * Makes the objective of a stage on an executor, around the process's one copy of the frozen model.
 *
 * @param adapter with the chosen directions, in the sprint; a broadcast for their size
 */
record TaskObjectives<B>(
        Task<?, B> task,
        ModelSettings model,
        Broadcast<Adapter> adapter,
        TaskObjective.Options options,
        Broadcast<SerializableConfiguration> hadoop)
        implements ObjectiveFactory<B> {

    @Override
    public Objective<B> create() {
        return new TaskObjective<>(
                task, FrozenModels.of(model, hadoop.value().value()), adapter.value(), options, KernelProvider.best());
    }
}
