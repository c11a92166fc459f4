package org.loradash.task.classification;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Labels;
import org.loradash.config.TaskInputs;
import org.loradash.model.Shape;
import org.loradash.model.encoder.EncoderShape;
import org.loradash.task.Task;
import org.loradash.task.TaskKind;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;

/** {@code task.kind = classification}: an encoder learns the classes of texts. */
public final class Classification implements TaskKind {
    @Override
    public String name() {
        return "classification";
    }

    @Override
    public String meaning() {
        return "an encoder learns the classes of texts, or of pairs of texts";
    }

    @Override
    public Units units() {
        return Texts.UNITS;
    }

    @Override
    public Shape model(TaskInputs given, Shape model) {
        EncoderShape encoder = EncoderShape.of(model);
        return encoder.withOutputs(labels(given, encoder).titles());
    }

    @Override
    public Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop) {
        EncoderShape encoder = EncoderShape.of(model);
        return Texts.of(given, encoder, Optional.of(labels(given, encoder)));
    }

    /** The classes that are given, or those of the model's own head. */
    private static Labels labels(TaskInputs given, EncoderShape model) {
        return given.task()
                .labels()
                .or(() -> model.config()
                        .labels()
                        .filter(names -> names.size() > 1)
                        .map(names -> new Labels(names.size(), names)))
                .orElseThrow(() -> InvalidInput.of(
                        "task.labels",
                        "missing",
                        "must be a number of classes, or a list of their names: the model has no head that says it"));
    }
}
