package org.loradash.spark.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkPartitionerTest {
    private static final int WORTH_A_TASK = 1 << 19;

    @Test
    void putsSmallNeighboursTogetherAndReportsByThemselves() {
        ChunkPartitioner partitioner =
                new ChunkPartitioner(List.of(new Chunk(0, 10), new Chunk(10, 700), new Chunk(700, 701)));
        assertThat(partitioner.numPartitions()).isEqualTo(2);
        assertThat(IntStream.rangeClosed(0, 3).map(partitioner::getPartition)).containsExactly(0, 0, 0, 1);
    }

    @Test
    void givesEachTaskAboutAsManyParameters() {
        int half = WORTH_A_TASK / 2;
        List<Chunk> chunks = IntStream.range(0, 8)
                .mapToObj(i -> new Chunk(i * half, (i + 1) * half))
                .toList();
        ChunkPartitioner partitioner = new ChunkPartitioner(chunks);
        assertThat(partitioner.numPartitions()).isEqualTo(5);
        assertThat(IntStream.rangeClosed(0, 8).map(partitioner::getPartition))
                .containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 4);
    }

    @Test
    void hasNoMoreTasksThanChunks() {
        ChunkPartitioner partitioner = new ChunkPartitioner(
                List.of(new Chunk(0, 5 * WORTH_A_TASK), new Chunk(5 * WORTH_A_TASK, 9 * WORTH_A_TASK)));
        assertThat(partitioner.numPartitions()).isEqualTo(3);
        assertThat(IntStream.rangeClosed(0, 2).map(partitioner::getPartition)).containsExactly(0, 1, 2);
    }
}
