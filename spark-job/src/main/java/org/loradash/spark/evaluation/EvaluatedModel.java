package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.ModelSettings;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.spark.application.FrozenModels;

/**
 * A model that is evaluated, as executors load it.
 *
 * @param evaluation that it is loaded for, a name of no other
 * @param adapter on the model, or null
 * @param threads that compute together: the cores of a task
 */
record EvaluatedModel(
        String evaluation,
        ModelSettings model,
        String adapter,
        Broadcast<SerializableConfiguration> hadoop,
        int threads)
        implements Serializable {

    /** What all examiners of a process share. */
    record Loaded(Backbone backbone, Changes changes) {}

    Loaded load() {
        try (ModelDirectory directory = ModelDirectory.open(configuration(), model.path())) {
            Changes changes = Optional.ofNullable(adapter)
                    .<Changes>map(given -> PeftAdapter.changes(configuration(), directory, given))
                    .orElseGet(Changes::none);
            return new Loaded(FrozenModels.of(model, configuration()), changes);
        } catch (IOException e) {
            throw new UncheckedIOException(model.path(), e);
        }
    }

    Configuration configuration() {
        return hadoop.value().value();
    }
}
