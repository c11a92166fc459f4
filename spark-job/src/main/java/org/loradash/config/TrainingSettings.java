package org.loradash.config;

import static org.loradash.config.ValueType.BILLION;
import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.anyWhole;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.whole;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;

/**
 * Rounds, steps and the optimiser.
 *
 * @param workers logical workers of a round, whatever the number of executors
 * @param localSteps optimiser steps of each worker in a round
 * @param batchSize records of a worker's step
 * @param length when the run ends
 * @param gradientClipping the largest norm of a step's gradient; 0 for no limit
 * @param sliceTokens about how many tokens of a batch are computed at a time
 * @param recompute whether the values inside a model's blocks are made again in the backward pass rather than kept
 * @param arithmetic of the products of matrices
 */
public record TrainingSettings(
        int workers,
        int localSteps,
        int batchSize,
        Length length,
        double learningRate,
        Schedule schedule,
        int warmupSteps,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double gradientClipping,
        long seed,
        Averaging averaging,
        int sliceTokens,
        boolean recompute,
        Arithmetic arithmetic)
        implements Serializable {
    static final Key<Integer> WORKERS = Key.of(
            "training.workers",
            whole(1, 65536),
            1,
            "workers of a round, whatever the number of executors",
            settings -> settings.training().workers());

    static final Key<Integer> LOCAL_STEPS = Key.of(
            "training.local-steps",
            whole(1, MILLION),
            10,
            "steps of each worker in a round",
            settings -> settings.training().localSteps());

    static final Key<Integer> BATCH_SIZE = Key.of(
            "training.batch-size", whole(1, 65536), 16, "records of a worker's step", settings -> settings.training()
                    .batchSize());

    static final Key<Integer> STEPS = Key.optional(
            "training.steps",
            whole(1, BILLION),
            "when the run ends; this or training.epochs must be given, not both",
            settings -> settings.training().length() instanceof Length.Steps length
                    ? Optional.of(length.steps())
                    : Optional.empty());

    static final Key<Double> EPOCHS = Key.optional(
            "training.epochs",
            number("above 0", value -> value > 0),
            "times through the data until the run ends",
            settings -> settings.training().length() instanceof Length.Epochs length
                    ? Optional.of(length.epochs())
                    : Optional.empty());

    static final Key<Double> LEARNING_RATE = Key.of(
            "training.learning-rate",
            number("from 0 to 1e38", value -> value >= 0 && value <= 1e38),
            2e-4,
            "the schedule's largest",
            settings -> settings.training().learningRate());

    static final Key<Schedule> SCHEDULE = Key.of(
            "training.schedule",
            choice(Schedule.class),
            Schedule.LINEAR,
            "how the learning rate goes on after the warm-up",
            settings -> settings.training().schedule());

    static final Key<Integer> WARMUP_STEPS = Key.of(
            "training.warmup-steps",
            whole(0, BILLION),
            0,
            "steps in which the learning rate rises from 0",
            settings -> settings.training().warmupSteps());

    static final Key<Double> WEIGHT_DECAY = Key.of(
            "training.weight-decay",
            number("of at least 0", value -> value >= 0),
            0.01,
            "AdamW's",
            settings -> settings.training().weightDecay());

    static final Key<Double> BETA1 = Key.of(
            "training.beta1",
            number("from 0 to below 1", value -> value >= 0 && (float) value < 1),
            0.9,
            "AdamW's, of the first moment",
            settings -> settings.training().beta1());

    static final Key<Double> BETA2 = Key.of(
            "training.beta2",
            number("from 0 to below 1", value -> value >= 0 && (float) value < 1),
            0.999,
            "AdamW's, of the second moment",
            settings -> settings.training().beta2());

    static final Key<Double> EPSILON = Key.of(
            "training.epsilon",
            number("from 1e-30 to 1e30", value -> value >= 1e-30 && value <= 1e30),
            1e-8,
            "AdamW's, added to the root that divides",
            settings -> settings.training().epsilon());

    static final Key<Double> GRADIENT_CLIPPING = Key.of(
            "training.gradient-clipping",
            number("of at least 0", value -> value >= 0),
            0.0,
            "the largest norm of a step's gradient; 0: no limit",
            settings -> settings.training().gradientClipping());

    static final Key<Long> SEED = Key.of(
            "training.seed",
            anyWhole(),
            42L,
            "of the start, the order of records, dropout and random directions",
            settings -> settings.training().seed());

    static final Key<Averaging> AVERAGING = Key.of(
            "training.averaging",
            choice(Averaging.class),
            Averaging.PARAMETERS,
            "what the workers of a round return",
            settings -> settings.training().averaging());

    static final Key<Integer> SLICE_TOKENS = Key.of(
            "training.slice-tokens",
            whole(1, MILLION),
            1024,
            "tokens that are computed at a time: more is faster and takes more memory",
            settings -> settings.training().sliceTokens());

    static final Key<Boolean> RECOMPUTE = Key.of(
            "training.recompute",
            flag(),
            false,
            "keep of each block only its result and compute the rest again in the backward pass: much less memory for"
                    + " long sequences, a third more work",
            settings -> settings.training().recompute());

    static final Key<Arithmetic> ARITHMETIC = Key.of(
            "training.arithmetic",
            choice(Arithmetic.class),
            Arithmetic.FLOAT32,
            "of products of matrices: bfloat16 rounds their factors and sums in float32, on CPUs that have such products",
            settings -> settings.training().arithmetic());

    static final List<Key<?>> KEYS = List.of(
            WORKERS,
            LOCAL_STEPS,
            BATCH_SIZE,
            STEPS,
            EPOCHS,
            LEARNING_RATE,
            SCHEDULE,
            WARMUP_STEPS,
            WEIGHT_DECAY,
            BETA1,
            BETA2,
            EPSILON,
            GRADIENT_CLIPPING,
            SEED,
            AVERAGING,
            SLICE_TOKENS,
            RECOMPUTE,
            ARITHMETIC);

    static TrainingSettings of(Values given) {
        return new TrainingSettings(
                given.value(WORKERS),
                given.value(LOCAL_STEPS),
                given.value(BATCH_SIZE),
                length(given),
                given.value(LEARNING_RATE),
                given.value(SCHEDULE),
                given.value(WARMUP_STEPS),
                given.value(WEIGHT_DECAY),
                given.value(BETA1),
                given.value(BETA2),
                given.value(EPSILON),
                given.value(GRADIENT_CLIPPING),
                given.value(SEED),
                given.value(AVERAGING),
                given.value(SLICE_TOKENS),
                given.value(RECOMPUTE),
                given.value(ARITHMETIC));
    }

    private static Length length(Values given) {
        Optional<Integer> steps = given.optional(STEPS);
        Optional<Double> epochs = given.optional(EPOCHS);
        if (steps.isPresent() == epochs.isPresent()) {
            throw InvalidInput.of(
                    "%s: %s, %s".formatted(given.source(), STEPS.name(), EPOCHS.name()),
                    steps.isPresent() ? "both given" : "neither given",
                    "exactly one of them must be");
        }
        return steps.<Length>map(Length.Steps::new).orElseGet(() -> new Length.Epochs(epochs.orElseThrow()));
    }

    /** When training ends: after so many steps, or after so many times through the data. */
    public sealed interface Length extends Serializable {
        record Steps(int steps) implements Length {}

        record Epochs(double epochs) implements Length {}
    }

    /** How the learning rate goes on after the warm-up. */
    public enum Schedule {
        LINEAR,
        COSINE,
        CONSTANT
    }

    /** What the workers of a round return. */
    public enum Averaging {
        /** Workers take local steps, and their parameters are averaged. */
        PARAMETERS,
        /** Workers return gradients, and the driver takes one step with their average. */
        GRADIENTS
    }

    /** What products of matrices are computed in; all else is float32. */
    public enum Arithmetic {
        FLOAT32,
        /** Factors are rounded to bfloat16, the nearest, ties to even; their products are summed in float32. */
        BFLOAT16
    }
}
