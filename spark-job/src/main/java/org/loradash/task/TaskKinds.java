package org.loradash.task;

import java.util.List;
import java.util.ServiceLoader;
import org.loradash.config.TaskInputs;
import org.loradash.model.Shape;

/** The kinds of tasks that there are. */
public final class TaskKinds {
    static final List<TaskKind> ALL = ServiceLoader.load(TaskKind.class, TaskKind.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private TaskKinds() {}

    /**
     * The model of a run as its task trains it.
     *
     * @throws org.loradash.tsd.InvalidInput where the model is none for this task
     */
    public static Shape model(TaskInputs given, Shape model) {
        return of(given).model(given, model);
    }

    /** The kind that a run's settings name. */
    public static TaskKind of(TaskInputs given) {
        return ALL.stream()
                .filter(kind -> kind.name().equals(given.task().kind()))
                .findFirst()
                .orElseThrow();
    }
}
