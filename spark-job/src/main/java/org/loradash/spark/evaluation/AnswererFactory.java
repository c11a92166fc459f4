package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.ModelSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.Answerer;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.spark.application.FrozenModels;
import org.loradash.tsd.io.FileSystems;

/**
 * Makes what answers on an executor, around the process's one copy of the model.
 *
 * @param evaluation that it belongs to, a name of no other
 * @param adapter on the model, or null
 * @param threads that compute together: the cores of a task
 */
record AnswererFactory(
        String evaluation,
        ModelSettings model,
        String adapter,
        EvaluationSettings settings,
        Broadcast<SerializableConfiguration> hadoop,
        int threads)
        implements Serializable {

    /** What all answerers of a process share. */
    record Shared(Decoder model, Changes changes, Tokenizer tokenizer, Set<Integer> ends) {}

    Shared shared() {
        Configuration configuration = hadoop.value().value();
        try (ModelDirectory directory = ModelDirectory.open(configuration, model.path())) {
            DecoderShape shape = DecoderShape.of(directory);
            Decoder loaded = (Decoder) FrozenModels.of(model, configuration);
            Changes changes = Optional.ofNullable(adapter)
                    .<Changes>map(given -> PeftAdapter.changes(configuration, directory, given))
                    .orElseGet(Changes::none);
            Set<Integer> ends = directory.endTokens(shape.vocabularySize());
            return new Shared(loaded, changes, Tokenizer.open(configuration, FileSystems.path(model.path())), ends);
        } catch (IOException e) {
            throw new UncheckedIOException(model.path(), e);
        }
    }

    Answerer create(Shared shared) {
        return new Answerer(
                shared.model(),
                shared.changes(),
                shared.tokenizer(),
                shared.ends(),
                settings,
                KernelProvider.best(),
                threads);
    }
}
