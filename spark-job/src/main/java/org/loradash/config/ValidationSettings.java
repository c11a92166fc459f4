package org.loradash.config;

import static org.loradash.config.ValueType.BILLION;
import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.taskPaths;
import static org.loradash.config.ValueType.whole;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a run is measured on records that it does not train on, and what follows from it.
 *
 * @param data files of held-out records, each any Hadoop URI; empty where none are given
 * @param holdOut how many records of the training data are held out in their place; 0 for none
 * @param records the first so many of the held-out records; 0 for all
 * @param everyRounds rounds between two measurements
 * @param figure that says which measurement is the best
 * @param patience measurements in a row without a better one that end the training; 0 to measure alone
 */
public record ValidationSettings(
        List<String> data, int holdOut, int records, int everyRounds, Figure figure, int patience)
        implements Serializable {
    /** Of validation.every-rounds, which has a value only where there is validation. */
    private static final int DEFAULT_ROUNDS = 10;

    static final Key<List<String>> DATA = Key.optional(
            "validation.data",
            taskPaths(),
            "files of held-out records in data.format, on which the model is measured while the run trains",
            settings -> Optional.of(settings.validation().data()).filter(files -> !files.isEmpty()));

    static final Key<Integer> HOLD_OUT = Key.optional(
            "validation.hold-out",
            whole(1, MILLION),
            "so many records of data.train, chosen by training.seed, are held out in place of validation.data",
            settings -> Optional.of(settings.validation().holdOut()).filter(records -> records > 0));

    static final Key<Integer> RECORDS = Key.optional(
            "validation.records",
            whole(0, BILLION),
            "the first so many of the held-out records; 0, or not given: all",
            settings -> whereOn(settings, ValidationSettings::records));

    static final Key<Integer> EVERY_ROUNDS = Key.optional(
            "validation.every-rounds",
            whole(1, BILLION),
            "rounds between two measurements, and there is one at the end; 10 if not given",
            settings -> whereOn(settings, ValidationSettings::everyRounds));

    static final Key<Figure> FIGURE = Key.optional(
            "validation.figure",
            choice(Figure.class),
            "what says which measurement is the best: the lowest loss, or the highest of another figure of the task; loss if"
                    + " not given",
            settings -> whereOn(settings, ValidationSettings::figure));

    static final Key<Integer> PATIENCE = Key.optional(
            "validation.patience",
            whole(0, BILLION),
            "the run ends early after so many measurements in a row without a better one, by validation.figure, those of"
                    + " pre-launch not counted, and leaves the adapter of the best; 0, or not given: it only measures",
            settings -> whereOn(settings, ValidationSettings::patience));

    static final List<Key<?>> KEYS = List.of(DATA, HOLD_OUT, RECORDS, EVERY_ROUNDS, FIGURE, PATIENCE);

    static ValidationSettings of(Values given) {
        ValidationSettings validation = new ValidationSettings(
                given.optional(DATA).orElse(List.of()),
                given.optional(HOLD_OUT).orElse(0),
                given.optional(RECORDS).orElse(0),
                given.optional(EVERY_ROUNDS).orElse(DEFAULT_ROUNDS),
                given.optional(FIGURE).orElse(Figure.LOSS),
                given.optional(PATIENCE).orElse(0));
        if (validation.holdOut() > 0 && !validation.data().isEmpty()) {
            throw given.refused(
                    HOLD_OUT,
                    validation.holdOut(),
                    "must be absent where validation.data is given, or the other way round");
        }
        for (Key<?> key : List.of(RECORDS, EVERY_ROUNDS, FIGURE, PATIENCE)) {
            given.text(key).filter(value -> !validation.on()).ifPresent(value -> {
                throw given.refused(key, value, "must be absent without validation.data or validation.hold-out");
            });
        }
        return validation;
    }

    private static <T> Optional<T> whereOn(Settings settings, Function<ValidationSettings, T> value) {
        return Optional.of(settings.validation()).filter(ValidationSettings::on).map(value);
    }

    /** Whether there is something to measure on. */
    public boolean on() {
        return !data.isEmpty() || holdOut > 0;
    }

    /** Whether it is the best measured state that the run leaves, and not the last one. */
    public boolean keepsBest() {
        return on() && patience > 0;
    }
}
