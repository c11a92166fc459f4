package org.loradash.task;

import java.util.List;
import java.util.ServiceLoader;
import org.loradash.config.Settings;
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
    public static Shape model(Settings settings, Shape model) {
        return of(settings).model(settings, model);
    }

    /** The kind that a run's settings name. */
    public static TaskKind of(Settings settings) {
        return ALL.stream()
                .filter(kind -> kind.name().equals(settings.task().kind()))
                .findFirst()
                .orElseThrow();
    }
}
