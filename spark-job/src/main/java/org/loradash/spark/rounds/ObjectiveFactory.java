package org.loradash.spark.rounds;

import java.io.Serializable;
import org.loradash.train.Objective;

/**
 * Makes a stage's objective in the process that computes it.
 *
 * <p>Called once for each task that computes at the same time in a process, from the task's thread; what the objectives
 * of a process share (frozen weights) is for the factory to share. Whatever the factory refers to must be serialisable
 * or a broadcast.
 *
 * @param <B> what a step computes on
 */
@FunctionalInterface
public interface ObjectiveFactory<B> extends Serializable {
    Objective<B> create();
}
