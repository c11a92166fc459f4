package org.loradash.config;

/** What a task is made of: a run's settings have it, and those of an evaluation. */
public interface TaskInputs {
    ModelSettings model();

    TaskSettings task();

    DataSettings data();
}
