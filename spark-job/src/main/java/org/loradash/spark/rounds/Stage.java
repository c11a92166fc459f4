package org.loradash.spark.rounds;

import java.util.List;
import org.loradash.task.Units;

/**
 * A part of a run in which the same parameters are trained.
 *
 * @param name such as pre-launch or sprint, different for each stage of a run
 * @param untilStep the step, counted over the run, that is no longer of this stage
 * @param stops numbers of steps at whose multiples a round ends too, cut short where it must be
 * @param chunks ranges of the flat vector that are averaged each at one place, in order, covering it
 * @param units how the work is counted
 * @param objective the loss of those parameters
 * @param <B> what a step computes on
 */
public record Stage<B>(
        String name,
        int untilStep,
        List<Integer> stops,
        List<Chunk> chunks,
        Units units,
        ObjectiveFactory<B> objective) {

    public Stage {
        stops = List.copyOf(stops);
        chunks = List.copyOf(chunks);
        Chunk.requireCover(chunks);
    }

    /** The first step after the given one that a round must not go beyond. */
    public int stopAfter(int step) {
        long stop = untilStep;
        for (int multiple : stops) {
            stop = Math.min(stop, (step / multiple + 1L) * multiple);
        }
        return (int) stop;
    }

    /** Elements of the flat vector. */
    public int parameters() {
        return chunks.get(chunks.size() - 1).to();
    }
}
