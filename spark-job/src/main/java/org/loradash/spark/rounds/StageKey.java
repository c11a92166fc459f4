package org.loradash.spark.rounds;

import java.io.Serializable;

/**
 * By what name the processes of a cluster know a stage of a run.
 *
 * @param run different for every run in one Spark application
 * @param stage such as pre-launch or sprint
 */
public record StageKey(String run, String stage) implements Serializable {}
