package org.loradash.spark.rounds;

import java.io.Serializable;
import java.util.List;

/**
 * A range of the flat vector that is averaged at one place.
 *
 * @param from first element
 * @param to behind the last one
 */
public record Chunk(int from, int to) implements Serializable {

    public int size() {
        return to - from;
    }

    /** Refuses chunks that do not lie one behind the other, from the first element on. */
    static void requireCover(List<Chunk> chunks) {
        int reached = 0;
        for (Chunk chunk : chunks) {
            if (chunk.from() != reached || chunk.to() <= chunk.from()) {
                throw new IllegalArgumentException("chunk: from %d to %d (must begin at %d and hold something)"
                        .formatted(chunk.from(), chunk.to(), reached));
            }
            reached = chunk.to();
        }
        if (reached == 0) {
            throw new IllegalArgumentException("chunks: none (must be one at least)");
        }
    }
}
