package org.loradash.tsd.analysis;

import java.util.List;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.prediction.Cutoffs;

/**
 * How a study is made.
 *
 * @param targets which linear layers, by the end of their names; all but embeddings where empty
 * @param epsilon keeps the change rate of a singular value of zero finite
 * @param directions how many of each target's best directions are listed and compared
 * @param cutoffs for recall and accuracy
 * @param cache where decompositions are kept from one study to the next, if anywhere
 * @param threads how many targets are worked on at once, memory permitting
 */
public record Options(
        List<String> targets, double epsilon, int directions, Cutoffs cutoffs, Optional<String> cache, int threads) {
    public Options {
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw InvalidInput.of("--epsilon", epsilon, "must be positive");
        }
        if (directions < 1 || directions > 256) {
            throw InvalidInput.of("--directions", directions, "must be from 1 to 256");
        }
        if (threads < 1) {
            throw InvalidInput.of("--threads", threads, "must be at least 1");
        }
    }
}
