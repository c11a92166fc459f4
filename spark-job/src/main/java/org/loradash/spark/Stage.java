package org.loradash.spark;

import java.util.List;

/**
 * A part of a run in which the same parameters are trained.
 *
 * @param name such as pre-launch or sprint, different for each stage of a run
 * @param factors trainable parameters without the coordinates
 * @param coordinates those behind them, 0 before the boundary
 * @param untilStep the step, counted over the run, that is no longer of this stage
 * @param chunks ranges of the flat vector that are averaged each at one place, in order, covering it
 * @param objective the loss of those parameters
 */
public record Stage(
        String name, int factors, int coordinates, int untilStep, List<Chunk> chunks, ObjectiveFactory objective) {

    public Stage {
        chunks = List.copyOf(chunks);
        Chunk.requireCover(chunks, Math.addExact(factors, coordinates));
    }

    /** Factors and coordinates. */
    public int parameters() {
        return factors + coordinates;
    }
}
