package org.loradash.kernel.operation;

import java.util.Arrays;

/**
 * How T rows, a token each, hang together: in segments that lie end to end, each a run of tokens that follow each other and go
 * on either at nothing or behind another segment, its parent. A token's place is its distance from its root. Sequences apart
 * are a forest whose trees are single segments; what they have in common from their beginning is a segment that several have
 * for a parent. Trees lie end to end, and the segments of each in the order of a walk that goes down before it goes on
 * (preorder), so that a walk over the rows keeps the way from the root as a stack.
 */
public final class Forest {
    /** The parent of a segment that begins a tree. */
    public static final int NONE = -1;

    private final int[] starts;
    private final int[] parents;
    private final int[] before;
    private final int[] roots;

    private Forest(int[] starts, int[] parents) {
        this.starts = starts;
        this.parents = parents;
        this.before = new int[parents.length];
        int[] found = new int[parents.length + 1];
        int trees = 0;
        for (int segment = 0; segment < parents.length; segment++) {
            if (starts[segment + 1] <= starts[segment]) {
                throw new IllegalArgumentException(
                        "starts: %d after %d (must ascend)".formatted(starts[segment + 1], starts[segment]));
            }
            int parent = parents[segment];
            if (parent == NONE) {
                found[trees++] = segment;
            } else {
                checkParent(segment, parent);
                before[segment] = before[parent] + starts[parent + 1] - starts[parent];
            }
        }
        found[trees] = parents.length;
        this.roots = Arrays.copyOf(found, trees + 1);
    }

    /**
     * Sequences that do not know of each other.
     *
     * @param starts offsets of the sequences in the T rows, first 0, last T
     * @throws IllegalArgumentException if one is empty
     */
    public static Forest of(int[] starts) {
        int[] parents = new int[Math.max(0, starts.length - 1)];
        Arrays.fill(parents, NONE);
        return new Forest(starts, parents);
    }

    /**
     * @param starts offsets of the segments in the T rows, first 0, last T
     * @param parents of each segment: the number of the one that it goes on behind, or {@link #NONE}
     * @throws IllegalArgumentException if a segment is empty, or they are not in preorder
     */
    public static Forest of(int[] starts, int[] parents) {
        if (parents.length != starts.length - 1) {
            throw new IllegalArgumentException(
                    "parents: %d of %d segments (must be as many)".formatted(parents.length, starts.length - 1));
        }
        return new Forest(starts, parents);
    }

    /** In preorder a parent is the segment before or one on its way from the root. */
    private void checkParent(int segment, int parent) {
        int open = segment - 1;
        while (open > parent && open != NONE) {
            open = parents[open];
        }
        if (open != parent || parent < 0) {
            throw new IllegalArgumentException(
                    "parents: %d of segment %d (must be on the way from the root to the segment before it)"
                            .formatted(parent, segment));
        }
    }

    /** T. */
    public int rows() {
        return starts[starts.length - 1];
    }

    /** How many segments there are. */
    public int segments() {
        return parents.length;
    }

    /** The segment's first row. */
    public int start(int segment) {
        return starts[segment];
    }

    /** Behind the segment's last row. */
    public int end(int segment) {
        return starts[segment + 1];
    }

    /** How many tokens a segment has. */
    public int length(int segment) {
        return starts[segment + 1] - starts[segment];
    }

    /** The segment that this one goes on behind, or {@link #NONE}. */
    public int parent(int segment) {
        return parents[segment];
    }

    /** How many tokens there are before a segment on the way from the root: the place of its first. */
    public int before(int segment) {
        return before[segment];
    }

    /** How many trees there are. */
    public int trees() {
        return roots.length - 1;
    }

    /** The number of a tree's first segment; with as many as there are trees, behind the last one. */
    public int root(int tree) {
        return roots[tree];
    }

    /** Whether no segment has a parent. */
    public boolean isOfSequences() {
        return trees() == segments();
    }

    /** The most tokens on a way from a root, over all trees. */
    public int height() {
        int height = 0;
        for (int segment = 0; segment < segments(); segment++) {
            height = Math.max(height, before[segment] + length(segment));
        }
        return height;
    }

    /** Of each row, how many tokens there are before it on the way from its root. */
    public int[] places() {
        int[] places = new int[rows()];
        for (int segment = 0; segment < segments(); segment++) {
            for (int row = starts[segment]; row < starts[segment + 1]; row++) {
                places[row] = before[segment] + row - starts[segment];
            }
        }
        return places;
    }

    /** One tree by itself, its rows from 0. */
    Forest tree(int tree) {
        int from = roots[tree];
        int to = roots[tree + 1];
        int[] own = new int[to - from + 1];
        int[] above = new int[to - from];
        for (int segment = from; segment < to; segment++) {
            own[segment - from + 1] = starts[segment + 1] - starts[from];
            above[segment - from] = parents[segment] == NONE ? NONE : parents[segment] - from;
        }
        return new Forest(own, above);
    }

    int[] starts() {
        return starts;
    }
}
