package org.loradash.task;

import org.loradash.config.Settings;
import org.loradash.config.TaskRules;
import org.loradash.model.Shape;

/**
 * A kind of task, as {@code task.kind} names it. Kinds are services: a new one is a folder, and a line in
 * META-INF/services/org.loradash.task.TaskKind, in this project or in any jar beside it.
 */
public interface TaskKind extends TaskRules {
    /** How its work is counted. */
    Units units();

    /**
     * The task of a run.
     *
     * @param model that is trained
     * @throws org.loradash.tsd.InvalidInput where the model is none for this task
     */
    Task<?, ?> task(Settings settings, Shape model);
}
