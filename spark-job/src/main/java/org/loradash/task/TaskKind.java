package org.loradash.task;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.TaskInputs;
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
     * The model as this kind of task trains it, such as with a head of as many outputs as there are classes.
     *
     * @param model as its config says it is
     * @throws org.loradash.tsd.InvalidInput where the model is none for this task
     */
    default Shape model(TaskInputs given, Shape model) {
        return model;
    }

    /**
     * The task of a run.
     *
     * @param model that is trained, as {@link #model} has it
     * @param hadoop where the model's other files are read, such as how a pipeline's noise grows
     * @throws org.loradash.tsd.InvalidInput where the model is none for this task
     */
    Task<?, ?> task(TaskInputs given, Shape model, Configuration hadoop);

    /**
     * The task for reading records alone, of a directory that has a tokenizer and no model; nothing where records cannot be
     * read without one.
     */
    default Optional<Task<?, ?>> reading(TaskInputs given) {
        return Optional.empty();
    }
}
