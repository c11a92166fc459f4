package org.loradash.spark.rounds;

import java.util.List;

/**
 * A part of a run in which the same parameters are trained.
 *
 * @param name such as pre-launch or sprint, different for each stage of a run
 * @param factors trainable parameters without the coordinates
 * @param coordinates those behind them, 0 before the boundary
 * @param untilStep the step, counted over the run, that is no longer of this stage
 * @param stops numbers of steps at whose multiples a round ends too, cut short where it must be
 * @param chunks ranges of the flat vector that are averaged each at one place, in order, covering it
 * @param objective the loss of those parameters
 */
public record Stage(
        String name,
        int factors,
        int coordinates,
        int untilStep,
        List<Integer> stops,
        List<Chunk> chunks,
        ObjectiveFactory objective) {

    public Stage {
        stops = List.copyOf(stops);
        chunks = List.copyOf(chunks);
        Chunk.requireCover(chunks, Math.addExact(factors, coordinates));
    }

    /** A stage whose rounds are cut short nowhere but at its end. */
    public Stage(
            String name, int factors, int coordinates, int untilStep, List<Chunk> chunks, ObjectiveFactory objective) {
        this(name, factors, coordinates, untilStep, List.of(), chunks, objective);
    }

    /** The first step after the given one that a round must not go beyond. */
    public int stopAfter(int step) {
        long stop = untilStep;
        for (int multiple : stops) {
            stop = Math.min(stop, (step / multiple + 1L) * multiple);
        }
        return (int) stop;
    }

    /** Factors and coordinates. */
    public int parameters() {
        return factors + coordinates;
    }
}
