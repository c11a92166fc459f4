package org.loradash.spark.rounds;

import java.util.List;
import org.apache.spark.Partitioner;

/**
 * Neighbouring chunks to a partition, and what comes behind the last chunk, the workers' reports, to one of their own. A
 * partition is a task of Spark's, which takes some milliseconds whatever it does.
 */
final class ChunkPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    /** Parameters that are worth a task: 6 MiB of a worker with their moments. */
    private static final int WORTH_A_TASK = 1 << 19;

    private final List<Chunk> chunks;
    private final int parameters;
    private final int groups;

    ChunkPartitioner(List<Chunk> chunks) {
        this.chunks = chunks;
        this.parameters = chunks.get(chunks.size() - 1).to();
        this.groups = Math.min(chunks.size(), (parameters - 1) / WORTH_A_TASK + 1);
    }

    @Override
    public int numPartitions() {
        return groups + 1;
    }

    @Override
    public int getPartition(Object key) {
        int chunk = (Integer) key;
        return chunk == chunks.size() ? groups : (int) ((long) chunks.get(chunk).from() * groups / parameters);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkPartitioner that && that.chunks.equals(chunks);
    }

    @Override
    public int hashCode() {
        return chunks.hashCode();
    }
}
