package org.loradash.tsd.analysis;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.similarity.Similarity;
import org.loradash.tsd.source.Target;

/**
 * What was found of one target.
 *
 * @param target the linear layer
 * @param residual of its decomposition, relative; NaN where no task changes it, so that none was needed
 * @param changes by the name of the task; tasks that leave it as it is are not among them
 * @param truth the reference's change, where there is one that changes it
 * @param similarities of every two tasks that change it
 */
public record TargetFindings(
        Target target,
        double residual,
        Map<String, CoreChange> changes,
        Optional<CoreChange> truth,
        List<Pair> similarities) {
    /** Two tasks' directions, compared. */
    public record Pair(String first, String second, Similarity similarity) {}

    /** A task's change. */
    public Optional<CoreChange> change(String task) {
        return Optional.ofNullable(changes.get(task));
    }
}
