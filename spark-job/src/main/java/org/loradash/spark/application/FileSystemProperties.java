package org.loradash.spark.application;

import java.util.Map;

/** Properties of Hadoop's file systems that the job sets where Spark's {@code spark.hadoop.} properties do not. */
public final class FileSystemProperties {
    /**
     * HDFS: a file that is being written when a data node stops goes on with the nodes that are left. Without it the
     * client gives up where no other node can take its place, as on a cluster of three, and metrics.jsonl is open during
     * all of a run.
     */
    public static final Map<String, String> DEFAULTS =
            Map.of("dfs.client.block.write.replace-datanode-on-failure.best-effort", "true");

    private FileSystemProperties() {}
}
