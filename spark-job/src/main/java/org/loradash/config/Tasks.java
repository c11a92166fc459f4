package org.loradash.config;

import java.util.List;
import java.util.ServiceLoader;

/** The kinds of tasks that task.kind may name. */
final class Tasks {
    static final List<TaskRules> ALL =
            ServiceLoader.load(TaskRules.Source.class, TaskRules.class.getClassLoader()).stream()
                    .<TaskRules>flatMap(source -> source.get().kinds().stream())
                    .toList();

    private Tasks() {}
}
