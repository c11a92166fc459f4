package org.loradash.model;

/**
 * A frozen model in memory, shared by all threads of a process. What it computes is between it and the tasks that can train
 * it: each kind of model has an interface or class of its own that says so.
 */
public interface Backbone {
    /** The memory of all frozen weights. */
    long bytes();
}
