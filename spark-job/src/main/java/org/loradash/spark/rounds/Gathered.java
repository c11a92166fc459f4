package org.loradash.spark.rounds;

import java.io.Serializable;
import java.util.List;
import org.loradash.train.Contribution;

/**
 * The workers' own parameters of a chunk, before they were averaged.
 *
 * @param chunk index of the chunk in its stage
 * @param contributions of all workers, in the order of their numbers; without moments
 */
public record Gathered(int chunk, List<Contribution> contributions) implements Serializable {}
