package org.loradash.config;

import java.util.List;

/** What a configuration must know of a kind of task. */
public interface TaskRules {

    /** Who has kinds: found by {@link java.util.ServiceLoader}, since a configuration knows nothing that computes. */
    interface Source {
        /** In the order in which help tells them. */
        List<? extends TaskRules> kinds();
    }

    /** The value of task.kind. */
    String name();

    /** What a model learns, for help, in a few words. */
    String meaning();
}
