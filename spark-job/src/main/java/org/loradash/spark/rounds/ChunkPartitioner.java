package org.loradash.spark.rounds;

import org.apache.spark.Partitioner;

/** Each chunk to a partition of its own. */
final class ChunkPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int chunks;

    ChunkPartitioner(int chunks) {
        this.chunks = chunks;
    }

    @Override
    public int numPartitions() {
        return chunks;
    }

    @Override
    public int getPartition(Object key) {
        return (Integer) key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkPartitioner that && that.chunks == chunks;
    }

    @Override
    public int hashCode() {
        return chunks;
    }
}
