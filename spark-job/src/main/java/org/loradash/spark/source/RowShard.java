package org.loradash.spark.source;

import java.io.Serializable;
import org.loradash.data.ShardSummary;

/**
 * A shard of examples that a task made of the rows of one part of a file, or of a table.
 *
 * @param file where the rows lie, or nothing
 * @param start where in it, or among all rows
 * @param hash of the rows
 * @param summary of the examples
 * @param shard its path
 */
public record RowShard(String file, long start, RowHash hash, ShardSummary summary, String shard)
        implements Serializable {}
