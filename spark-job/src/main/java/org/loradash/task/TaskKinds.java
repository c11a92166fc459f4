package org.loradash.task;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.loradash.config.Settings;
import org.loradash.tsd.InvalidInput;

/** The kinds of tasks that there are. */
public final class TaskKinds {
    private TaskKinds() {}

    /**
     * The kind that a run's settings name.
     *
     * @throws InvalidInput where there is none of that name
     */
    public static TaskKind of(Settings settings) {
        return named("language");
    }

    private static TaskKind named(String name) {
        List<TaskKind> all = ServiceLoader.load(TaskKind.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return all.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInput.of(
                        "task.kind",
                        name,
                        "must be " + all.stream().map(TaskKind::name).sorted().collect(Collectors.joining(" or "))));
    }
}
