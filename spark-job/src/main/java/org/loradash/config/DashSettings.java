package org.loradash.config;

import static org.loradash.config.ValueType.BILLION;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.taskPath;
import static org.loradash.config.ValueType.whole;
import static org.loradash.config.ValueType.wholeOr;

import java.util.List;
import java.util.Optional;

/**
 * The boundary and the sprint after it, beside any method.
 *
 * @param on whether there is a boundary
 * @param directions how many directions of each target get coordinates
 * @param choose which directions these are
 * @param preLaunchSteps optimiser steps before the boundary; nothing where the run finds out by itself
 * @param auto how it finds out
 * @param coordinateLearningRate the coordinates' largest; the factors' where absent
 * @param trackEvery steps between two records of the predicted directions; 0 for none
 * @param epsilon guards the change rate's division by a singular value
 * @param cache where singular value decompositions are kept; beside the run directory when absent
 */
public record DashSettings(
        boolean on,
        int directions,
        Choice choose,
        Optional<Integer> preLaunchSteps,
        Auto auto,
        Optional<Double> coordinateLearningRate,
        int trackEvery,
        double epsilon,
        Optional<String> cache) {
    static final Key<Boolean> ON = Key.optional(
            "dash.on",
            flag(),
            "whether directions are chosen after pre-launch and get coordinates, beside any method; if not given, for "
                    + Methods.names(method -> method.withoutSprint().isPresent()) + " only",
            settings -> Optional.of(settings.dash().on()));

    static final Key<Integer> DIRECTIONS = Key.of(
            "dash.directions",
            whole(1, 65536),
            8,
            "directions of each target that get coordinates",
            settings -> settings.dash().directions());

    static final Key<Choice> CHOOSE = Key.of(
            "dash.choose",
            choice(Choice.class),
            Choice.TSD,
            "which directions: those whose singular values changed most (tsd), or for comparison those with the largest"
                    + " or smallest singular values or random ones",
            settings -> settings.dash().choose());

    static final Key<Optional<Integer>> PRE_LAUNCH_STEPS = Key.of(
            "dash.pre-launch-steps",
            wholeOr("auto", 1, BILLION),
            Optional.of(100),
            "steps before directions are chosen; a round is cut short to end there. auto: until the directions have"
                    + " settled",
            settings -> settings.dash().preLaunchSteps());

    static final Key<Integer> AUTO_CHECK_EVERY = Key.of(
            "dash.auto.check-every",
            whole(1, BILLION),
            10,
            "steps between two looks at the directions; a round is cut short to end there",
            settings -> settings.dash().auto().checkEvery());

    static final Key<Double> AUTO_OVERLAP = Key.of(
            "dash.auto.overlap",
            number("above 0 and at most 1", value -> value > 0 && value <= 1),
            0.9,
            "they have settled when this share of a target's directions, in the mean over all targets, was among the"
                    + " best at the look before too",
            settings -> settings.dash().auto().overlap());

    static final Key<Integer> AUTO_LEAST_STEPS = Key.of(
            "dash.auto.least-steps",
            whole(1, BILLION),
            50,
            "pre-launch takes no fewer, however settled",
            settings -> settings.dash().auto().leastSteps());

    static final Key<Integer> AUTO_MOST_STEPS = Key.of(
            "dash.auto.most-steps",
            whole(1, BILLION),
            300,
            "and no more, however unsettled",
            settings -> settings.dash().auto().mostSteps());

    static final Key<Double> COORDINATE_LEARNING_RATE = Key.optional(
            "dash.coordinate-learning-rate",
            number("from 0 to 1e38", value -> value >= 0 && value <= 1e38),
            "the largest of the coordinates, which follows the same schedule; training.learning-rate if not given",
            settings -> settings.dash().coordinateLearningRate());

    static final Key<Integer> TRACK_EVERY = Key.of(
            "dash.track-every",
            whole(0, BILLION),
            0,
            "steps between two records in tsd/tracked of the directions that the method's change of W predicts; a round"
                    + " is cut short to end there, and every decomposition is read again; 0: none",
            settings -> settings.dash().trackEvery());

    static final Key<Double> EPSILON = Key.of(
            "dash.epsilon",
            number("above 0", value -> value > 0),
            1e-6,
            "added to a singular value that divides",
            settings -> settings.dash().epsilon());

    static final Key<String> CACHE = Key.optional(
            "dash.cache",
            taskPath(),
            "where decompositions are kept; beside the run's directory if not given",
            settings -> settings.dash().cache());

    static final List<Key<?>> KEYS = List.of(
            ON,
            DIRECTIONS,
            CHOOSE,
            PRE_LAUNCH_STEPS,
            AUTO_CHECK_EVERY,
            AUTO_OVERLAP,
            AUTO_LEAST_STEPS,
            AUTO_MOST_STEPS,
            COORDINATE_LEARNING_RATE,
            TRACK_EVERY,
            EPSILON,
            CACHE);

    static DashSettings of(Values given) {
        MethodRules method = Methods.named(given.value(AdapterSettings.METHOD));
        boolean on = given.optional(ON).orElse(method.withoutSprint().isPresent());
        method.withoutSprint().filter(other -> !on).ifPresent(other -> {
            throw given.refused(
                    ON,
                    false,
                    "must be true for %s; %s = %s has no sprint"
                            .formatted(method.name(), AdapterSettings.METHOD.name(), other));
        });
        Optional<Integer> steps = given.value(PRE_LAUNCH_STEPS);
        Auto auto = new Auto(
                given.value(AUTO_CHECK_EVERY),
                given.value(AUTO_OVERLAP),
                given.value(AUTO_LEAST_STEPS),
                given.value(AUTO_MOST_STEPS));
        if (steps.isEmpty() && auto.leastSteps() > auto.mostSteps()) {
            throw given.refused(
                    AUTO_LEAST_STEPS,
                    auto.leastSteps(),
                    "must be at most %s, %d".formatted(AUTO_MOST_STEPS.name(), auto.mostSteps()));
        }
        return new DashSettings(
                on,
                given.value(DIRECTIONS),
                given.value(CHOOSE),
                steps,
                auto,
                given.optional(COORDINATE_LEARNING_RATE),
                given.value(TRACK_EVERY),
                given.value(EPSILON),
                given.optional(CACHE));
    }

    /** Which singular directions get coordinates. */
    public enum Choice {
        /** Those with the highest change rates. */
        TSD,
        TOP,
        BOTTOM,
        RANDOM
    }

    /**
     * When pre-launch ends by itself: at the first check at which the directions have settled, within bounds.
     *
     * @param checkEvery steps between two checks
     * @param overlap mean share of a target's directions that the check before had found too, from which they have settled
     * @param leastSteps before the boundary
     * @param mostSteps before the boundary
     */
    public record Auto(int checkEvery, double overlap, int leastSteps, int mostSteps) {}
}
