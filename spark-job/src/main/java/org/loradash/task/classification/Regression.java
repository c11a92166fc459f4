package org.loradash.task.classification;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.TaskInputs;
import org.loradash.model.Shape;
import org.loradash.model.encoder.EncoderShape;
import org.loradash.task.Task;
import org.loradash.task.TaskKind;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;

/** {@code task.kind = regression}: an encoder learns a number of each text. */
public final class Regression implements TaskKind {
    @Override
    public String name() {
        return "regression";
    }

    @Override
    public String meaning() {
        return "an encoder learns a number of each text, or of each pair of texts";
    }

    @Override
    public Units units() {
        return Texts.UNITS;
    }

    @Override
    public Shape model(TaskInputs given, Shape model) {
        given.task().labels().ifPresent(labels -> {
            throw InvalidInput.of(
                    "task.labels", labels.count() + " classes", "must be absent for task.kind = " + name());
        });
        return EncoderShape.of(model).withOutputs(List.of("LABEL_0"));
    }

    @Override
    public Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop) {
        return Texts.of(given, EncoderShape.of(model), Optional.empty());
    }
}
