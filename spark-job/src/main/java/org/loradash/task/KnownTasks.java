package org.loradash.task;

import java.util.List;
import org.loradash.config.TaskRules;

/** Tells the configuration which kinds of tasks there are. */
public final class KnownTasks implements TaskRules.Source {

    @Override
    public List<TaskKind> kinds() {
        return TaskKinds.ALL;
    }
}
