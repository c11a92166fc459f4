package org.loradash.task.language;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.TaskInputs;
import org.loradash.model.Shape;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.task.Task;
import org.loradash.task.TaskKind;
import org.loradash.task.Units;

/** {@code task.kind = language}: a decoder learns to continue texts. */
public final class Language implements TaskKind {
    static final Units UNITS = new Units("tokens", "labelled_tokens", "no token of the batch is labelled");

    @Override
    public String name() {
        return "language";
    }

    @Override
    public String meaning() {
        return "a decoder learns to continue texts";
    }

    @Override
    public Units units() {
        return UNITS;
    }

    @Override
    public Optional<Task<?, ?>> reading(TaskInputs given) {
        return Optional.of(new NextTokens(given.data(), given.model().path(), Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Override
    public Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop) {
        DecoderShape decoder = DecoderShape.of(model);
        return new NextTokens(given.data(), given.model().path(), decoder.vocabularySize(), decoder.maximumPositions());
    }
}
